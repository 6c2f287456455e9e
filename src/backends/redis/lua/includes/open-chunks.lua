--- @include advance-chunks
--- @include sift-ready
-- Sources over the ready sets of these pairs: a heap, the source with the first id at its top. pass_chunks moves on. The
-- members that were opened are gathered in `cursors`.
local function open_chunks(key_start, task_pairs, cursors)
  local sources = {}
  for _, pair in ipairs(task_pairs) do
    local key = key_start .. pair
    local source = { key = key, pair = pair, fetched = 0, at = 1, items = {}, open = {}, cursors = cursors }
    advance_chunks(source)
    if source.id then sources[#sources + 1] = source end
  end
  for place = math.floor(#sources / 2), 1, -1 do sift_ready(sources, place) end
  return sources
end

local function pass_chunks(sources)
  local source = sources[1]
  advance_chunks(source)
  if not source.id then
    sources[1] = sources[#sources]
    sources[#sources] = nil
  end
  if #sources > 1 then sift_ready(sources, 1) end
end
