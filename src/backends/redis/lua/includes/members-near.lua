--- @include is-before
-- The members of a chunked set that hold these ids of one score, and others. Of many members with one score not all are
-- read for a few ids: tasks that are due at the same moment are many.
local FEW_MEMBERS = 16

-- The last of `count` members, from a rank on, whose first id does not come after `id`.
local function member_before(key, rank, count, id)
  local low, high, found = 0, count, nil
  while low < high do
    local middle = math.floor((low + high) / 2)
    local member = redis.call("ZRANGE", key, rank + middle, rank + middle)[1]
    if is_before(id, string.sub(member, 2, string.find(member, "\n", 2, true) - 1)) then
      high = middle
    else
      low, found = middle + 1, member
    end
  end
  return found
end

-- Members that hold these ids, where each is in the one that its place tells; else nil.
local function members_by_place(key, text, ids, count)
  local rank = redis.call("ZCOUNT", key, "-inf", "(" .. text)
  local members, known = {}, {}
  for _, id in ipairs(ids) do
    local member = member_before(key, rank, count, id)
    if not member or not string.find(member, "\n" .. id .. "\n", 1, true) then return nil end
    if not known[member] then members[#members + 1] = member end
    known[member] = true
  end
  return members
end

local function members_near(key, text, ids)
  local members = redis.call("ZRANGEBYSCORE", key, text, text, "LIMIT", 0, FEW_MEMBERS + 1)
  if #members <= FEW_MEMBERS then return members end
  local count = redis.call("ZCOUNT", key, text, text)
  local near = count > FEW_MEMBERS * #ids and members_by_place(key, text, ids, count)
  return near or redis.call("ZRANGEBYSCORE", key, text, text)
end
