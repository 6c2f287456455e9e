-- Gathers changes of chunked sets; flush_chunks makes them. A chunked set is a sorted set whose members are ids of one
-- score, each between line feeds: "\na\nb\n". An id is in one member, and is taken out by its score. In the ready sets the
-- ids of a member are in order: what is not known to be added in order, gets a member of its own.
local chunk_adds, chunk_drops, lone_adds = {}, {}, {}

-- The ids that are gathered for a score of a set, with their count: to ask a long array for its length costs more than to
-- add to it.
local function gathered_ids(gathered, key, score)
  local scores = gathered[key]
  if not scores then
    scores = {}
    gathered[key] = scores
  end
  local ids = scores[score]
  if not ids then
    ids = { count = 0 }
    scores[score] = ids
  end
  return ids
end

local function gather_id(gathered, key, score, id)
  local ids = gathered_ids(gathered, key, score)
  local count = ids.count + 1
  ids.count, ids[count] = count, id
end

local function add_to_chunk(key, score, id)
  gather_id(chunk_adds, key, score, id)
end

local function add_all_to_chunk(key, score, some)
  local ids = gathered_ids(chunk_adds, key, score)
  local count = ids.count
  for i, id in ipairs(some) do ids[count + i] = id end
  ids.count = count + #some
end

local function add_alone(key, score, id)
  local members = lone_adds[key]
  if not members then
    members = {}
    lone_adds[key] = members
  end
  local count = #members
  members[count + 1], members[count + 2] = string.format("%d", score), "\n" .. id .. "\n"
end

local function drop_from_chunk(key, score, id)
  gather_id(chunk_drops, key, score, id)
end
