-- Redis's clock: ms since the epoch, and the same in microseconds, which every script answers first.
local function read_clock()
  local time = redis.call("TIME")
  local micros = time[1] * 1000000 + time[2]
  return math.floor(micros / 1000), micros
end
