-- Gathers changes of chunked sets; flush_chunks makes them. A chunked set is a sorted set whose members are ids of one
-- score, each between line feeds: "\na\nb\n". An id is in one member, and is taken out by its score. In the ready sets the
-- ids of a member are in order: what is not known to be added in order, gets a member of its own.
local chunk_adds, chunk_drops, lone_adds = {}, {}, {}

-- The ids that are gathered for a score of a set.
local function gathered_ids(gathered, key, score)
  local scores = gathered[key]
  if not scores then
    scores = {}
    gathered[key] = scores
  end
  local ids = scores[score]
  if not ids then
    ids = {}
    scores[score] = ids
  end
  return ids
end

local function add_to_chunk(key, score, id)
  local ids = gathered_ids(chunk_adds, key, score)
  ids[#ids + 1] = id
end

local function add_all_to_chunk(key, score, some)
  local ids = gathered_ids(chunk_adds, key, score)
  for _, id in ipairs(some) do ids[#ids + 1] = id end
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
  local ids = gathered_ids(chunk_drops, key, score)
  ids[#ids + 1] = id
end
