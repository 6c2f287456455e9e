--- @include open-chunks
-- The next ids of these sources, at most `count`, each with the cursor of its member and where that goes on.
local function take_candidates(sources, count)
  local ids, cursors, ends, taken = {}, {}, {}, 0
  while taken < count and sources[1] do
    local source = sources[1]
    local top, is_only = source.top, #sources == 1 and #source.open == 1
    repeat
      taken = taken + 1
      ids[taken], cursors[taken], ends[taken] = top.id, top, top.at
      -- Where a member stands alone, all of it can be taken without a look at others; pass_chunks leaves it.
      local goes_on = is_only and taken < count and top.at <= #top.member
      if goes_on then next_id(top) end
    until not goes_on
    pass_chunks(sources)
  end
  return ids, cursors, ends
end
