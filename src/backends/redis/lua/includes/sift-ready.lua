--- @include is-before
-- Restores the heap of sources below a place: the one whose next member goes first, by score and then
-- id, is at the top.
local function sift_ready(sources, place)
  local source, count = sources[place], #sources
  while 2 * place <= count do
    local below = 2 * place
    local other, next_one = sources[below], sources[below + 1]
    if next_one and (next_one.score < other.score
      or (next_one.score == other.score and is_before(next_one.id, other.id))) then
      below, other = below + 1, next_one
    end
    if source.score < other.score
      or (source.score == other.score and is_before(source.id, other.id)) then
      break
    end
    sources[place] = other
    place = below
  end
  sources[place] = source
end
