#!lua flags=no-writes
-- Records without their specs.
-- KEYS[1]  prefix of the partition
-- ARGV     ids
-- Output   {time in µs, {record or false…}}
--- @include read-clock
--- @include without-spec
local _, time = read_clock()
local records = {}
for i, id in ipairs(ARGV) do
  local record = redis.call("GET", KEYS[1] .. KEY.task .. id)
  records[i] = record and without_spec(record)
end
return { time, records }
