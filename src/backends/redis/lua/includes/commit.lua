--- @include flush-zsets
--- @include flush-delayed
--- @include flush-counters
--- @include flush-wheel
--- @include publish-changes
-- Writes all that was gathered, once at the end of a script.
local function commit(prefix, channel)
  flush_zsets()
  flush_delayed(prefix, prefix .. KEY.due)
  flush_counters(prefix)
  flush_wheel(prefix)
  publish_changes(prefix, channel)
end
