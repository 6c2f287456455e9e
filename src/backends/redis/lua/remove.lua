#!lua flags=allow-oom
-- Deletes terminal tasks of a revision with all that belongs to them.
-- KEYS[1]  prefix of the partition
-- ARGV     for each task: id, revision
-- Output   {time in µs, {verdict…}}: 0 removed or gone, {1, record} not terminal or of another revision
--- @include read-clock
--- @include drop-task
--- @include commit
local prefix = KEYS[1]
local _, time = read_clock()
local verdicts = {}

local function remove(id, wanted)
  local record = redis.call("GET", prefix .. KEY.task .. id)
  if not record then return 0 end
  local _, state, _, _, _, _, revision = struct.unpack(CONST.revisionFormat, record)
  if state < STATE.SUCCEEDED or revision ~= wanted then return { 1, record } end
  local keys = {}
  drop_task(prefix, id, record, keys)
  redis.call("DEL", unpack(keys))
  return 0
end

for i = 1, #ARGV, 2 do
  verdicts[#verdicts + 1] = remove(ARGV[i], tonumber(ARGV[i + 1]))
end
commit(prefix)
return { time, verdicts }
