-- lib/what_if.lua: a wait of the director, and what a what-if does in its place.
--
-- A what-if accepts no input (run/run.h): at the first wait without one it lets time
-- pass, up to an end that lua/what_if.c computes, and stays there.  Open predictions get
-- no verdict in it.
--
-- Lives here:   R.wait.
-- Never here:   inputs (src/run), what was started and asked for (lua/what_if.c).

local R = run_state

-- Scans that stop the machine before an event that the answer of @q looks for; nil = it may be any.
local function answers(q)
  local scans = {}
  if not q or q.correct ~= nil or q.answer == nil then return scans end
  core.what_if_ask(true)
  local value = R.evaluate(q)
  local asked = core.what_if_ask(false)
  if value ~= nil then return scans end
  if not asked then return nil end
  for i = 1, #asked, 2 do scans[#scans + 1] = core.scan(asked[i], true, asked[i + 1]) end
  return scans
end

-- In the rehearsal: runs until the answer of @q is known, and reports the event in which it shows.
local function rehearse(q, till)
  local function known()
    core.expect("start")
    local value, e = R.evaluate(q)
    core.expect("add")
    if value == nil then return false end
    core.what_if_found(e and e.n or core.count())
    return true
  end
  if known() then return end
  R.pump(till, { pass = true, stop = function(again) return again and known() end })
end

local function run_on(q)
  local till = core.what_if_begin()
  local scans = answers(q)
  R.what_if = true
  if core.what_if_rehearses() then
    if #(scans or {}) > 0 then rehearse(q, till) end
    return
  end
  if not scans then return end
  R.pump(till, { pass = true, stop = function()
    for _, scan in ipairs(scans) do
      if core.hit(scan) then return true end
    end
    return core.what_if_settled()
  end })
end

-- core.wait(), where a what-if runs on; @q is the open question, nil = a card.
function R.wait(what, id, q)
  local kind, value, number = core.wait(what, id, q and q.number)
  if kind ~= "what_if" then return kind, value, number end
  run_on(q)
  core.what_if_wait()
end
