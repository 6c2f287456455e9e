-- Gathers what the notice tells of work, by queue and name: how much, and the earliest due time.
local noted_work = {}
local function note_work(pair, queue, name, due_at)
  local work = noted_work[pair]
  if work then
    work[3] = work[3] + 1
    work[4] = math.min(work[4], due_at)
  else
    noted_work[pair] = { queue, name, 1, due_at }
  end
end
