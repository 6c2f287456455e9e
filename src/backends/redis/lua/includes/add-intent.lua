-- Notes that these waiting tasks are about to be published; adds to the intent if it is there.
local function add_intent(prefix, intent, ids, now)
  if intent == "" or #ids == 0 then return end
  local known = redis.call("HGET", prefix .. KEY.intents, intent)
  local text = table.concat(ids, "\n")
  if known then text = known .. "\n" .. text end
  redis.call("HSET", prefix .. KEY.intents, intent, text)
  redis.call("ZADD", prefix .. KEY.intentTimes, "NX", now, intent)
end
