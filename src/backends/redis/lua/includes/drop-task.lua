--- @include change-zset
--- @include change-chunk
--- @include index-task
--- @include count-state
--- @include state-of
--- @include tags-of
-- Deletes a terminal task with its events, index entries and unique key; gives the keys that the caller must delete. Its
-- entry in the purge wheel goes when its minute comes. `record` may end after its tags.
local function drop_task(prefix, id, record, keys)
  local queue = queue_of(record)
  local state = state_of(record)
  local created_at = struct.unpack("<I6", record, OFFSET.createdAt + 1)
  keys[#keys + 1] = prefix .. KEY.task .. id
  if bit.band(string.byte(record, OFFSET.flags + 1), CONST.events) ~= 0 then
    keys[#keys + 1] = prefix .. KEY.outputs .. id
    keys[#keys + 1] = prefix .. KEY.logs .. id
  end
  index_task(prefix, id, record, state, nil, false)
  count_state(queue, state, -1)
  drop_from_chunk(prefix .. KEY.created, created_at, id)
  local tags, unique = tags_of(record)
  for _, tag in ipairs(tags) do change_zset(prefix .. KEY.tag .. tag, id, false) end
  if not unique then return end
  local claim = redis.call("GET", prefix .. KEY.unique .. unique)
  if claim and string.match(claim, " (.+)$") == id then
    redis.call("DEL", prefix .. KEY.unique .. unique)
  end
end
