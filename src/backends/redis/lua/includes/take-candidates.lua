--- @include open-chunks
-- The next ids of these sources, at most `count`, each with the cursor of its member, where that goes on, and the pair.
local function take_candidates(sources, count)
  local ids, cursors, ends, pairs_of = {}, {}, {}, {}
  while #ids < count and sources[1] do
    local source, n = sources[1], #ids + 1
    ids[n], cursors[n], ends[n], pairs_of[n] = source.id, source.top, source.top.at, source.pair
    pass_chunks(sources)
  end
  return ids, cursors, ends, pairs_of
end
