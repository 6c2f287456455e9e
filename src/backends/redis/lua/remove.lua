#!lua flags=allow-oom
-- Deletes terminal tasks of a revision with all that belongs to them.
-- KEYS[1]  prefix of the partition
-- ARGV[1]  channel of the notices
-- ARGV[2…] for each task: id, revision
-- Output   {time in µs, {verdict…}}: 0 removed or gone, {1, record} not terminal or of another revision
--- @include read-clock
--- @include unpack-head
--- @include drop-task
--- @include commit
local prefix, channel = KEYS[1], ARGV[1]
local _, time = read_clock()
local verdicts = {}

local function remove(id, revision)
  local record = redis.call("GET", prefix .. KEY.task .. id)
  if not record then return 0 end
  local head = unpack_head(record)
  if head[HEAD.state] < STATE.SUCCEEDED or head[HEAD.revision] ~= revision then return { 1, record } end
  drop_task(prefix, id, record, head)
  return 0
end

for i = 2, #ARGV, 2 do
  verdicts[#verdicts + 1] = remove(ARGV[i], tonumber(ARGV[i + 1]))
end
commit(prefix, channel)
return { time, verdicts }
