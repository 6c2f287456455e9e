#!lua
-- Adds waiting tasks. Sheds under maxmemory: it lacks the flag allow-oom.
-- KEYS[1]  prefix of the partition
-- ARGV[1]  channel of the notices
-- ARGV[2]  id of the intent to note, or ""
-- ARGV[3…] for each task: id, packed record, end of the hold of its unique key ("" makes no claim),
--          id whose hold does not count
-- Output   {time in µs, {verdict…}}: 0 created, {1, record} exists, {2, id, record} key held
--- @include read-clock
--- @include unpack-head
--- @include pair-of
--- @include tags-of
--- @include index-task
--- @include unique-holder
--- @include note-change
--- @include note-work
--- @include add-intent
--- @include commit
local prefix, channel = KEYS[1], ARGV[1]
local now, time = read_clock()
local verdicts, created, known_pairs = {}, {}, {}

local function create(id, record, until_at, replaces)
  local key = prefix .. KEY.task .. id
  local head = unpack_head(record)
  local tags, unique = tags_of(record, head)
  if unique and until_at ~= "" then
    local stored = redis.call("GET", key)
    if stored then return { 1, stored } end
    local holder, held = unique_holder(prefix, unique, id, replaces, now)
    if holder then return { 2, holder, held } end
    redis.call("SET", prefix .. KEY.unique .. unique, until_at .. " " .. id)
  end
  if not redis.call("SET", key, record, "NX") then return { 1, redis.call("GET", key) } end
  local pair, queue, name = pair_of(record, head)
  index_task(prefix, id, head, pair, queue, true)
  change_zset(prefix .. KEY.created, id, head[HEAD.createdAt])
  for _, tag in ipairs(tags) do
    change_zset(prefix .. KEY.tag .. tag, id, head[HEAD.createdAt])
  end
  note_change(id, head)
  note_work(pair, queue, name, head[HEAD.dueAt])
  known_pairs[pair] = true
  created[#created + 1] = id
  return 0
end

for i = 3, #ARGV, 4 do
  verdicts[#verdicts + 1] = create(ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3])
end
for pair in pairs(known_pairs) do redis.call("SADD", prefix .. KEY.pairs, pair) end
add_intent(prefix, ARGV[2], created, now)
commit(prefix, channel)
return { time, verdicts }
