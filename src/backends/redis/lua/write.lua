#!lua flags=allow-oom
-- Replaces records by compare-and-set on the revision and the time of creation, which tells lives of one id apart; all or
-- none: where one is refused, or is there already, nothing is written. A record may come without what never changes, its
-- name, queue, tags and spec: that is kept from what is stored.
-- KEYS[1]  prefix of the partition
-- ARGV[1]  channel of the notices, [2] the notice
-- ARGV[3]  id of the intent to note, or "", and [4] the ids of what becomes waiting, by line
-- ARGV[5]  number of changes, then for each: id, record, whole or without its middle
-- ARGV[…]  number of runs of changes in one queue, then for each: its name, the position of its last change
-- ARGV[…]  number of changes of another revision than the one before theirs, or of a lease that must not have been
--          renewed, then for each: position, that revision, end of that lease in ms or 0
-- ARGV[…]  position of the change that claims its unique key, or 0, end of the hold, id whose hold does not count
-- ARGV[…]  logs that a task keeps, then for each event: id, sequence, "o" for an output or "l" for a log, body
-- Output   {time in µs, {}}, or the verdicts: 0 not refused, {0} is there already, {1} gone, {1, record} conflict,
--          {2, id, record} key held
--- @include locals
--- @include read-clock
--- @include state-of
--- @include middle-end
--- @include pair-of
--- @include tags-of
--- @include is-waiting
--- @include is-leased
--- @include index-task
--- @include count-state
--- @include add-to-wheel
--- @include unique-holder
--- @include add-intent
--- @include publish-notice
--- @include commit
local prefix, channel = KEYS[1], ARGV[1]
local now, time = read_clock()
local changes_end = 5 + 2 * ARGV[5]
local runs_end = changes_end + 1 + 2 * ARGV[changes_end + 1]
local claim_from = runs_end + 2 + 3 * ARGV[runs_end + 1]
local claiming = tonumber(ARGV[claim_from])
local odd_revisions, lease_ends = {}, {}
for i = runs_end + 2, claim_from - 1, 3 do
  local position, lease_end = tonumber(ARGV[i]), tonumber(ARGV[i + 2])
  odd_revisions[position] = tonumber(ARGV[i + 1])
  if lease_end ~= 0 then lease_ends[position] = lease_end end
end
local writes, claim = {}, nil

-- The new start of a record with what renewals changed since the caller read it: they make no revision.
local function keep_renewal(record, stored_state, start)
  if not is_leased(stored_state) or not is_leased(state_of(start)) then return start end
  local attempt_from, nonce_from = ATTEMPT_OFFSET.attempt + 1, ATTEMPT_OFFSET.nonce + 1
  if sub(record, attempt_from, attempt_from + 3) ~= sub(start, attempt_from, attempt_from + 3) then
    return start
  end
  if sub(record, nonce_from, nonce_from + 15) ~= sub(start, nonce_from, nonce_from + 15) then
    return start
  end
  local flags = bit.bor(byte(record, OFFSET.flags + 1), byte(start, OFFSET.flags + 1))
  local lease_from = ATTEMPT_OFFSET.leaseEndAt
  local ends_at =
    math.max(read_numbers("<I6", record, lease_from + 1), read_numbers("<I6", start, lease_from + 1))
  return sub(start, 1, OFFSET.flags)
    .. string.char(flags)
    .. sub(start, OFFSET.attemptLength + 1, lease_from)
    .. struct.pack("<I6", ends_at)
    .. sub(start, lease_from + 7)
end

-- The stored record is what this change made, but for a renewal or the passing of its due time.
local function is_repeat(record, made)
  local stored_state = state_of(record)
  made = keep_renewal(record, stored_state, made)
  if stored_state == STATE.PENDING and is_waiting(state_of(made)) then
    made = sub(made, 1, OFFSET.state) .. string.char(STATE.PENDING) .. sub(made, OFFSET.state + 2)
  end
  return record == made
end

-- What is sent, with the middle of what is stored where it came without.
local function with_middle(record, sent)
  if byte(sent, 1) < CONST.withoutMiddle then return sent end
  local start_to = CONST.headSize + read_numbers("<I2", sent, OFFSET.attemptLength + 1)
  local middle_to, middle_from = middle_end(record)
  return string.char(CONST.recordVersion)
    .. sub(sent, 2, start_to)
    .. sub(record, middle_from + 1, middle_to)
    .. sub(sent, start_to + 1)
end

local function index_change(id, record, state, made, after, queue)
  -- What goes on as it was, such as a lease with progress, stays where it is.
  if state ~= after or not is_leased(state) or attention_at(record) ~= attention_at(made) then
    local pair = (is_waiting(state) or is_waiting(after)) and pair_of(record)
    index_task(prefix, id, record, state, pair, false)
    index_task(prefix, id, made, after, pair, true)
  end
  if state ~= after then
    count_state(queue, state, -1)
    count_state(queue, after, 1)
  end
end

-- Notes the claim of a change; gives the verdict where its key is held.
local function claim_key(id, record)
  local _, unique = tags_of(record)
  if not unique then return nil end
  local holder, held = unique_holder(prefix, unique, id, ARGV[claim_from + 2], now)
  if holder then return { 2, holder, held } end
  claim = { prefix .. KEY.unique .. unique, ARGV[claim_from + 1] .. " " .. id }
end

-- Gathers what a change writes, or gives its verdict.
local function write(position, id, key, record, sent, queue)
  if not record then return { 1 } end
  local made = with_middle(record, sent)
  local state, after = state_of(record), state_of(made)
  local expected = odd_revisions[position] or read_numbers("<I6", made, OFFSET.revision + 1) - 1
  local created_from, created_to = OFFSET.createdAt + 1, OFFSET.createdAt + 6
  if
    read_numbers("<I6", record, OFFSET.revision + 1) ~= expected
    or sub(record, created_from, created_to) ~= sub(made, created_from, created_to)
  then
    if is_repeat(record, made) then return { 0 } end
    return { 1, record }
  end
  local lease_end = lease_ends[position]
  if lease_end and read_numbers("<I6", record, ATTEMPT_OFFSET.leaseEndAt + 1) ~= lease_end then
    return { 1, record }
  end
  local refused = position == claiming and claim_key(id, record)
  if refused then return refused end
  if is_leased(after) then made = keep_renewal(record, state, made) end
  writes[2 * position - 1], writes[2 * position] = key, made
  index_change(id, record, state, made, after, queue)
  if after >= STATE.SUCCEEDED and state < STATE.SUCCEEDED then
    add_to_wheel(id, read_numbers("<I6", made, ATTEMPT_OFFSET.purgeAt + 1))
  end
  return 0
end

local function write_all()
  local keys, verdicts, refused = {}, {}, false
  local key_start = prefix .. KEY.task
  for i = 6, changes_end, 2 do keys[i / 2 - 2] = key_start .. ARGV[i] end
  local records = redis.call("MGET", unpack(keys))
  local run_at, queue, run_to = changes_end, nil, 0
  for position, key in ipairs(keys) do
    if position > run_to then
      run_at = run_at + 2
      queue, run_to = ARGV[run_at], tonumber(ARGV[run_at + 1])
    end
    local i = 4 + 2 * position
    local verdict = write(position, ARGV[i], key, records[position], ARGV[i + 1], queue)
    verdicts[position] = verdict
    refused = refused or verdict ~= 0
  end
  return refused and verdicts
end

local function add_events()
  local trims = {}
  for i = claim_from + 4, #ARGV, 4 do
    local is_log = ARGV[i + 2] == "l"
    local key = prefix .. (is_log and KEY.logs or KEY.outputs) .. ARGV[i]
    -- Fails for a sequence that is there already, which is none the worse.
    redis.pcall("XADD", key, ARGV[i + 1] .. "-0", "b", ARGV[i + 3])
    if is_log then trims[key] = true end
  end
  for key in pairs(trims) do redis.call("XTRIM", key, "MAXLEN", "=", ARGV[claim_from + 3]) end
end

local verdicts = write_all()
if verdicts then return { time, verdicts } end
redis.call("MSET", unpack(writes))
if claim then redis.call("SET", claim[1], claim[2]) end
add_events()
add_intent(prefix, ARGV[3], ARGV[4], now)
commit(prefix)
publish_notice(prefix, channel, ARGV[2])
return { time, {} }
