--- @include locals
--- @include change-chunk
--- @include members-near
--- @include replace-members
-- Makes the gathered changes of chunked sets.

-- Members without those ids that are in them: looks on from where it found the last, since ids leave as they came.
local function drop_few(members, ids)
  local at = 1
  for _, id in ipairs(ids) do
    local wanted = "\n" .. id .. "\n"
    for _ = 1, #members do
      local from = find(members[at], wanted, 1, true)
      if from then
        members[at] = sub(members[at], 1, from) .. sub(members[at], from + #wanted)
        break
      end
      at = at % #members + 1
    end
  end
end

-- The same by reading each member once, for many ids.
local function drop_many(members, ids)
  local gone = {}
  for _, id in ipairs(ids) do gone[id] = true end
  for at, member in ipairs(members) do
    local kept, count = {}, 0
    local from, stop = 2, find(member, "\n", 2, true)
    while stop do
      local id = sub(member, from, stop - 1)
      if not gone[id] then
        count = count + 1
        kept[count] = id
      end
      from, stop = stop + 1, find(member, "\n", stop + 1, true)
    end
    members[at] = count == 0 and "\n" or "\n" .. table.concat(kept, "\n") .. "\n"
  end
end

local function drop_ids(key, score, ids, changes)
  local text = string.format("%d", score)
  local stored = members_near(key, text, ids)
  local members = {}
  for at, member in ipairs(stored) do members[at] = member end
  local drop = #ids > 4 and #stored <= #ids and drop_many or drop_few
  drop(members, ids)
  for at, member in ipairs(members) do
    if member ~= stored[at] then note_member(changes, stored[at], member, text) end
  end
end

local function flush_chunks()
  for key, scores in pairs(chunk_drops) do
    local changes = new_members()
    for score, ids in pairs(scores) do drop_ids(key, score, ids, changes) end
    replace_members(key, changes)
  end
  for key, scores in pairs(chunk_adds) do
    local changes = new_members()
    for score, ids in pairs(scores) do
      local text = string.format("%d", score)
      for from = 1, #ids, CONST.chunkIds do
        local upto = math.min(from + CONST.chunkIds - 1, #ids)
        note_member(changes, nil, "\n" .. table.concat(ids, "\n", from, upto) .. "\n", text)
      end
    end
    replace_members(key, changes)
  end
  for key, members in pairs(lone_adds) do replace_members(key, { gone = {}, come = members }) end
  chunk_adds, chunk_drops, lone_adds = {}, {}, {}
end
