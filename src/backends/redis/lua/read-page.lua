#!lua flags=no-writes
-- Records of these tasks, in order, as many as fit.
-- KEYS[1]  prefix of the partition
-- ARGV[1]  most bytes (one record at least), [2] "1": without specs; ARGV[3…] ids
-- Output   {time in µs, {record or false…}}
--- @include read-clock
--- @include without-spec
local _, time = read_clock()
local max_bytes, slim = tonumber(ARGV[1]), ARGV[2] == "1"
local records, bytes = {}, 0
for i = 3, #ARGV do
  if bytes >= max_bytes then break end
  local record = redis.call("GET", KEYS[1] .. KEY.task .. ARGV[i])
  if record and slim then record = without_spec(record) end
  bytes = bytes + (record and #record or 0)
  records[#records + 1] = record
end
return { time, records }
