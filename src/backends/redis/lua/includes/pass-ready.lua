--- @include advance-ready
--- @include sift-ready
-- Moves the source at the top of the heap on to its next member; at its end it goes.
local function pass_ready(sources)
  local source = sources[1]
  advance_ready(source)
  if not source.id then
    sources[1] = sources[#sources]
    sources[#sources] = nil
  end
  if #sources > 1 then sift_ready(sources, 1) end
end
