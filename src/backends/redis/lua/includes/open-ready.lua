-- Sources for best_ready over the ready sets of these pairs, of which `max` members will be taken.
local function open_ready(key_start, task_pairs, max)
  local sources = {}
  local chunk = #task_pairs == 1 and max or math.max(1, math.ceil(2 * max / #task_pairs))
  for i, pair in ipairs(task_pairs) do
    sources[i] = { key = key_start .. pair, pair = pair, chunk = chunk, fetched = 0, at = 1, items = {} }
  end
  return sources
end
