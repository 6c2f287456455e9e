--- @include advance-ready
--- @include sift-ready
-- Sources over the ready sets of these pairs, of which `max` members will be taken: a heap, the source
-- with the first member at its top. pass_ready moves on.
local function open_ready(key_start, task_pairs, max)
  local sources = {}
  local chunk = #task_pairs == 1 and max or math.max(1, math.ceil(2 * max / #task_pairs))
  for _, pair in ipairs(task_pairs) do
    local source =
      { key = key_start .. pair, pair = pair, chunk = chunk, fetched = 0, at = 1, items = {} }
    advance_ready(source)
    if source.id then sources[#sources + 1] = source end
  end
  for place = math.floor(#sources / 2), 1, -1 do sift_ready(sources, place) end
  return sources
end
