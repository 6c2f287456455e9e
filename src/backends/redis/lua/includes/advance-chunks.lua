--- @include locals
--- @include is-before
-- Moves a source on to the next id of its chunked set: its `id`, nil at the end, its `score`, and the cursor of its member,
-- `top`, whose `at` is where the member goes on behind the id. Members are fetched in pieces and skipped by count: changes
-- are not written before the end of the script.
local MEMBERS = 8

local function peek_member(source)
  if source.at > #source.items and not source.done then
    local upto = source.fetched + MEMBERS - 1
    source.items = redis.call("ZRANGE", source.key, source.fetched, upto, "WITHSCORES")
    source.at = 1
    source.fetched = source.fetched + MEMBERS
    source.done = #source.items < 2 * MEMBERS
  end
  return source.items[source.at], source.items[source.at + 1]
end

-- Moves a cursor on to the next id of its member.
local function next_id(cursor)
  local stop = find(cursor.member, "\n", cursor.at, true)
  cursor.id = stop and sub(cursor.member, cursor.at, stop - 1)
  cursor.at = stop and stop + 1
end

-- The last id of a member; mostly all are as long as the first. A pattern that ends in `$` would be tried at every byte.
local function last_id(member)
  local at, stop = 2, find(member, "\n", 2, true)
  local near = math.max(2, #member - 2 * stop)
  local found = find(member, "\n", near, true)
  if found < #member then at = found + 1 end
  while true do
    stop = find(member, "\n", at, true)
    if stop == #member then return sub(member, at, stop - 1) end
    at = stop + 1
  end
end

-- Members of one score stand in the order of their first ids. Those that reach into one that is open must be read with it.
local function reaches_into(open, member)
  local first = sub(member, 2, find(member, "\n", 2, true) - 1)
  for _, cursor in ipairs(open) do
    if is_before(first, cursor.last) then return true end
  end
  return false
end

local function open_members(source)
  local open = source.open
  while true do
    local member, score = peek_member(source)
    if not member then return end
    if #open > 0 and (score ~= open[1].score or not reaches_into(open, member)) then return end
    local cursor = { key = source.key, member = member, score = score, at = 2, last = last_id(member) }
    next_id(cursor)
    open[#open + 1] = cursor
    source.cursors[#source.cursors + 1] = cursor
    source.score = tonumber(score)
    source.at = source.at + 2
  end
end

local function advance_chunks(source)
  local open, top = source.open, source.top
  if top then
    next_id(top)
    if not top.id then table.remove(open, source.place) end
  end
  if #open == 0 then open_members(source) end
  local place = 1
  for other = 2, #open do
    if is_before(open[other].id, open[place].id) then place = other end
  end
  source.top, source.place = open[place], place
  source.id = open[place] and open[place].id
end
