-- Notes that these waiting tasks, by line, are about to be published; adds to the intent if it is there.
local function add_intent(prefix, intent, ids, now)
  if intent == "" or ids == "" then return end
  local known = redis.call("HGET", prefix .. KEY.intents, intent)
  redis.call("HSET", prefix .. KEY.intents, intent, known and known .. "\n" .. ids or ids)
  redis.call("ZADD", prefix .. KEY.intentTimes, "NX", now, intent)
end
