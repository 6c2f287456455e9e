--- @include change-zset
--- @include index-task
--- @include tags-of
--- @include pair-of
-- Deletes a terminal task with its events, index entries and unique key. Its entry in the purge
-- wheel goes when its minute comes.
local function drop_task(prefix, id, record, head)
  local pair, queue = pair_of(record, head)
  redis.call("DEL", prefix .. KEY.task .. id, prefix .. KEY.outputs .. id, prefix .. KEY.logs .. id)
  index_task(prefix, id, head, pair, queue, false)
  change_zset(prefix .. KEY.created, id, false)
  local tags, unique = tags_of(record, head)
  for _, tag in ipairs(tags) do change_zset(prefix .. KEY.tag .. tag, id, false) end
  if not unique then return end
  local claim = redis.call("GET", prefix .. KEY.unique .. unique)
  if claim and string.match(claim, " (.+)$") == id then
    redis.call("DEL", prefix .. KEY.unique .. unique)
  end
end
