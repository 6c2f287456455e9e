--- @include flush-zsets
--- @include flush-chunks
--- @include flush-delayed
--- @include flush-counters
--- @include flush-wheel
-- Writes all that was gathered, once at the end of a script.
local function commit(prefix)
  flush_zsets()
  flush_chunks()
  flush_delayed(prefix, prefix .. KEY.due)
  flush_counters(prefix)
  flush_wheel(prefix)
end
