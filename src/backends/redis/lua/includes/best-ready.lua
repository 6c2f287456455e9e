--- @include peek-ready
--- @include is-before
-- The source with the least next member, by score and then id, and that member; nil if all are empty.
local function best_ready(sources)
  local best, best_id, best_score
  for _, source in ipairs(sources) do
    local id, score = peek_ready(source)
    if id and (not best or score < best_score or (score == best_score and is_before(id, best_id))) then
      best, best_id, best_score = source, id, score
    end
  end
  return best, best_id
end
