#!lua flags=allow-oom
-- What changes when messages may be gone: a mark that a flush takes away, and the run of the server.
-- KEYS[1]  prefix of the broker
-- ARGV[1]  mark to set where there is none
-- ARGV[2]  id that the broker goes by: it is the same one after a flush
-- Output   {time in µs, mark, id of the server's run or ""}
--- @include read-clock
local _, time = read_clock()
local meta = KEYS[1] .. BROKER_KEY.meta
local mark = redis.call("HGET", meta, "epoch")
if not mark then
  mark = ARGV[1]
  redis.call("HSET", meta, "epoch", mark, "brokerId", ARGV[2])
end
local info = redis.pcall("INFO", "server")
local run = type(info) == "string" and string.match(info, "run_id:(%w+)") or ""
return { time, mark, run }
