-- From ARGV[position] on, for each queue: its name, number of task names, the names. Gives the offers
-- {queue, pairs} and all their pairs as {pair, queue}.
local function read_offers(position)
  local offers, all = {}, {}
  while position <= #ARGV do
    local offer = { queue = ARGV[position], pairs = {} }
    local count = tonumber(ARGV[position + 1])
    for i = position + 2, position + 1 + count do
      local pair = offer.queue .. "\0" .. ARGV[i]
      offer.pairs[#offer.pairs + 1] = pair
      all[#all + 1] = { pair, offer.queue }
    end
    offers[#offers + 1] = offer
    position = position + 2 + count
  end
  return offers, all
end
