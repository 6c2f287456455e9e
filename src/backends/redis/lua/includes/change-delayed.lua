--- @include change-zset
-- Changes a sorted set of things that wait for a time, `<kind><pair>`; score false removes. What
-- the earliest of each is gets written by flush_delayed.
local delayed_changes = {}
local function change_delayed(prefix, name, member, score)
  change_zset(prefix .. name, member, score)
  delayed_changes[name] = true
end
