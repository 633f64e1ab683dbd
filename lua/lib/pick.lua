-- lib/pick.lua: questions in which the student points at an event, item, worker, CPU or line.
--
-- The candidates are fixed when the question is put.  An answer names them by word, an event
-- and a line by number.  `accept` gives the right ones; an accept that is a list gives those of
-- each place.
--
-- Lives here:   fields, candidates, reading and comparing picks, reports.
-- Never here:   the other kinds, verdicts, tries (question.lua).

local R = run_state
local fail, limits = R.fail, core.limits

local PART = { PICK = 13, ORDERED = 14, STORY = 15, CANDIDATE = 16, REPORT = 17, REPORT_LINE = 18, REPORT_NAME = 22 }	-- enum trace_question_part
local CLS_CPU, CLS_POOL = 12, 4		-- enum trace_class

local whats = { event = true, item = true, worker = true, cpu = true, line = true }
local reports = { ps = "ps -e -o pid,psr,ni,stat,comm", dmesg = "dmesg", ["sysrq-t"] = "SysRq-t" }

-- ---- candidates ------------------------------------------------------------------------

local function word_of(x)
  local _, cls, id, name = core.kind(x)
  if cls == CLS_CPU then return "cpu" .. id - 1 end
  local word = name:gsub("[%s,]+", "_")
  if word:match("^%d") then word = "_" .. word end
  return word
end

-- A thing's payload (base/markup.h).  Several of them stand in one text, so each name is another one.
local function payload_of(place, x)
  local _, cls, id, name = core.kind(x)
  return string.format("{x%d}\x1fx%d\x1e%s\x1e%d:%d", place, place, name, cls, id)
end

local function add_candidate(q, c)
  if q.by_word[c.word] then		-- two items of one name, in two objects
    local n = 2
    while q.by_word[c.word .. "#" .. n] do n = n + 1 end
    c.word = c.word .. "#" .. n
  end
  if #q.candidates == limits.CANDIDATES_MAX then fail("question '%s': more than %d things to pick from", q.id, limits.CANDIDATES_MAX) end
  q.candidates[#q.candidates + 1] = c
  q.by_word[c.word] = c
end

local function event_candidate(n)
  return { word = tostring(n), value = core.event(n), n = n, text = "event " .. n }
end

-- Events of the story since the lesson began; with among = pattern, those of them that match.
local function list_events(q, among)
  if among == nil then return end
  if core.kind(among) ~= "pattern" then fail("question '%s': among is a pattern for pick = \"event\"", q.id) end
  local ok, list = core.judge(function(t) return t:all(among) end, core.trace())
  if not ok then fail("question '%s': among: %s", q.id, tostring(list)) end
  q.listed = true
  for _, e in ipairs(list) do
    if e.n > R.begun and core.pointable(e.n) then add_candidate(q, event_candidate(e.n)) end
  end
end

local function list_things(q, among)
  local kind, cls, id = core.kind(among)
  local list = among
  if among == nil then
    list = core.pickable(q.what)
  elseif kind == "thing" and cls == CLS_POOL and q.what == "worker" then
    list = core.pickable(q.what, id)
  elseif kind ~= "table" then
    fail("question '%s': among is a list of things%s", q.id, q.what == "worker" and ", or a pool" or "")
  end
  for _, x in ipairs(list) do
    if core.kind(x) ~= "thing" then fail("question '%s': among has a %s, no thing", q.id, (core.kind(x))) end
    add_candidate(q, { word = word_of(x), value = x, text = payload_of(#q.candidates + 1, x), thing = true })
  end
end

local function list_lines(q)
  for i, line in ipairs(q.report) do
    if i > q.heading and line:match("%S") then add_candidate(q, { word = tostring(i), value = i, n = i, text = line }) end
  end
end

-- An event's candidate is made when it is named.
local function candidate(q, word)
  local c = q.by_word[word]
  if c or q.what ~= "event" or q.listed then return c end
  local n = math.tointeger(tonumber(word))
  if not n or n <= R.begun or n >= q.before or not core.pointable(n) then return nil end
  c = event_candidate(n)
  q.by_word[word] = c
  return c
end

-- ---- fields --------------------------------------------------------------------------------

-- "1:1" -> "kworker/1:1"; a declared name stays as it is; nil: nothing in the run has this name.
local function in_run(name)
  if pcall(R.payload, "{" .. name .. "}") then return name end
  for _, w in ipairs(core.pickable("worker")) do
    local word = word_of(w)
    if word == name or word == "kworker/" .. name then return word end
  end
end

-- map = { fn2 = "w0" }: names of the report, and what they are called in the run.  -> { "fn2=w0", ... }
local function read_map(q, map)
  local names, out = {}, {}
  for name in pairs(map) do names[#names + 1] = name end
  table.sort(names)
  if #names > limits.REPORT_NAMES_MAX then fail("exercise: map has more than %d names", limits.REPORT_NAMES_MAX) end
  local text = table.concat(q.report, "\n")
  for i, name in ipairs(names) do
    local is = in_run(map[name])
    if name:find("=", 1, true) or not text:find(name, 1, true) then fail("exercise: map: no line of the report has '%s'", name) end
    if not is then fail("exercise: map: nothing in the run is called '%s'", map[name]) end
    out[i] = name .. "=" .. is
  end
  return out
end

local function read_report(q, name)
  if name == nil then fail("question '%s': pick = \"line\" needs report = \"ps\", \"dmesg\", \"sysrq-t\" or a file such as \"report.txt\"", q.id) end
  if reports[name] then
    q.report, q.report_title, q.heading = core.report(name), reports[name], name == "ps" and 1 or 0
  elseif type(name) == "string" and name:match("^[%w_][%w_.-]*%.txt$") then
    local lines, why = core.report_file(name)
    if not lines then fail("question '%s': report = \"%s\": %s", q.id, name, why) end
    q.report, q.report_title, q.heading = lines, name, 0
  else
    fail("question '%s': report = \"%s\": \"ps\", \"dmesg\", \"sysrq-t\" or a file such as \"report.txt\"", q.id, tostring(name))
  end
  if #q.report == 0 then fail("question '%s': the report %s is empty", q.id, name) end
  if #q.report > limits.REPORT_LINES_MAX then fail("question '%s': a report of more than %d lines", q.id, limits.REPORT_LINES_MAX) end
  q.names = read_map(q, R.exercise and R.exercise.map or {})
end

local function check_accept(q, accept)
  local kind = core.kind(accept)
  local want = q.what == "line" and "string" or "pattern"
  if kind == want then return end
  if kind ~= "table" or #accept ~= q.count then
    fail("question '%s': accept is a %s, or a list of %d of them", q.id, q.what == "line" and "Lua pattern for the line" or "pattern", q.count)
  end
  for i, a in ipairs(accept) do
    if core.kind(a) ~= want then fail("question '%s': accept: entry %d is a %s", q.id, i, (core.kind(a))) end
  end
end

-- The fields of t that belong to a pick.
function R.read_pick(q, t)
  q.what, q.count, q.ordered = t.pick, t.count or 1, t.ordered
  q.candidates, q.by_word, q.before = {}, {}, core.count() + 1
  if not whats[q.what] then fail("question '%s': pick = \"event\", \"item\", \"worker\", \"cpu\" or \"line\"", q.id) end
  if q.predict and (q.what == "event" or q.what == "line") then
    fail("prediction '%s': a student points at %s that exists already; make it ask", q.id, q.what == "event" and "an event" or "a line")
  end
  if math.type(q.count) ~= "integer" or q.count < 1 or q.count > limits.PICKS_MAX then
    fail("question '%s': count is a whole number from 1 to %d", q.id, limits.PICKS_MAX)
  end
  if t.ordered ~= nil and t.ordered ~= true then fail("question '%s': ordered = true, or no such field", q.id) end
  if t.ordered and q.count == 1 then fail("question '%s': ordered needs a count of 2 or more", q.id) end
  if t.report ~= nil and q.what ~= "line" then fail("question '%s': report belongs to pick = \"line\"", q.id) end
  if t.among ~= nil and q.what == "line" then fail("question '%s': among belongs to events, items, workers and CPUs", q.id) end
  if q.what == "line" then
    read_report(q, t.report or (R.exercise and R.exercise.report))
    list_lines(q)
  elseif q.what == "event" then
    list_events(q, t.among)
  else
    list_things(q, t.among)
  end
  if (q.what ~= "event" or q.listed) and #q.candidates < 2 then
    fail("question '%s': there are fewer than two things to pick from", q.id)
  end
  if t.accept ~= nil then
    check_accept(q, t.accept)
    q.accept = t.accept
  elseif core.kind(t.answer) == "pattern" then
    q.accept, q.answer_is_accept = t.answer, true
  end
end

-- ---- putting it ----------------------------------------------------------------------------------

function R.put_pick(q)
  local function part(code, text, index)
    core.emit("QUESTION_TEXT", { question = q.number, part = code, index = index or 0, text = text })
  end
  part(PART.PICK, q.what, q.count)
  if q.ordered then part(PART.ORDERED, "yes") end
  if q.what == "line" then
    part(PART.REPORT, q.report_title, q.heading)
    for i, line in ipairs(q.report) do part(PART.REPORT_LINE, line, i) end
    for i, pair in ipairs(q.names) do part(PART.REPORT_NAME, pair, i) end
  elseif q.what == "event" and not q.listed then
    part(PART.STORY, "yes")
  else
    for i, c in ipairs(q.candidates) do
      part(PART.CANDIDATE, c.word .. "\n" .. (c.thing and c.text or ""), i)
    end
  end
end

-- ---- answers -----------------------------------------------------------------------------------------

local unescape = { s = " ", n = "\n", t = "\t", r = "\r", ["\\"] = "\\", ["0"] = "" }

-- The words of an input -> candidates; nil: it is no answer.
function R.readers.pick(q, value)
  local list, seen = {}, {}
  for word in value:gmatch("%S+") do
    local c = candidate(q, (word:gsub("\\(.)", unescape)))
    if not c or seen[c] then return nil end
    seen[c] = true
    list[#list + 1] = c
  end
  if #list ~= q.count then return nil end
  q.ticked = list
  q.given = list[1].value
  if q.count > 1 then
    q.given = {}
    for i, c in ipairs(list) do q.given[i] = c.value end
  end
  return R.pick_words(list)
end

function R.pick_words(list)
  local out = {}
  for i, c in ipairs(list) do out[i] = c.word end
  return table.concat(out, " ")
end

local function texts_of(list)
  local out = {}
  for i, c in ipairs(list) do out[i] = c.thing and core.expand(c.text) or c.text end
  return table.concat(out, ", ")
end
R.pick_texts = texts_of

-- The candidate that a value of the author stands for; nil and a reason.
local function candidate_of(q, value)
  local kind, n = core.kind(value)
  if q.what == "event" then
    if kind == "event" then n = n elseif kind == "number" then n = value else return nil, "is an event, not a " .. kind end
    local c = candidate(q, tostring(n))
    if c then return c end
    return nil, string.format("event %d (%s) is not one that a student can point at", n, core.format(n):match("(%S+)%s*$") or "?")
  end
  for _, c in ipairs(q.candidates) do
    if R.same(c.value, value) or (q.what == "cpu" and kind == "number" and c.word == "cpu" .. value) then return c end
  end
  return nil, string.format("'%s' is not one of the things to pick", tostring(value))
end

-- correct = and what answer = returned -> the value that compare.pick() takes; nil and a reason.
function R.pick_value(q, value)
  local list = q.count == 1 and core.kind(value) ~= "table" and { value } or value
  if type(list) ~= "table" or #list ~= q.count then return nil, string.format("is a list of %d things", q.count) end
  local out = { sets = {}, show = {}, each = q.ordered }
  for i, v in ipairs(list) do
    local c, why = candidate_of(q, v)
    if not c then return nil, why end
    out.show[i] = c
    local set = q.ordered and {} or out.sets[1] or {}
    set[c.word] = true
    out.sets[q.ordered and i or 1] = set
  end
  return out
end

-- The thing that a matching event stands for.
local function thing_of(q, e)
  if q.what == "event" then return e end
  if q.what == "item" then return e.work end
  if q.what == "cpu" then return e.cpu end
  return core.worker_of(e)
end

-- The candidates that @accept holds for, in the order of the run, and the first event.  A prediction is about events after it.
local function accepted(q, accept, most, any_time)
  local list, seen, first = {}, {}, nil
  if q.what == "line" then
    for _, c in ipairs(q.candidates) do
      if c.text:find(accept) then list[#list + 1] = c end
    end
    return list
  end
  for _, e in ipairs(core.trace():all(accept)) do
    local value = (any_time or not q.predict or e.n > q.asked) and thing_of(q, e)
    local c = value and candidate_of(q, value)
    if c and not seen[c] and #list < most then
      seen[c] = true
      list[#list + 1] = c
      first = first or e
    end
  end
  return list, first
end

local function set_of(list)
  local out = {}
  for _, c in ipairs(list) do out[c.word] = true end
  return out
end

-- Of a line: the text was perhaps meant as it stands, where a Lua pattern has another meaning.
local function why_none(q, accept)
  if q.what ~= "line" then return "" end
  for _, c in ipairs(q.candidates) do
    if c.text:find(accept, 1, true) then
      return string.format(": \"%s\" is a Lua pattern; line %s has this text, whose pattern is \"%s\"", accept, c.word, (accept:gsub("%p", "%%%0")))
    end
  end
  for _, c in ipairs(q.candidates) do note(string.format("line %s of the report: %s", c.word, c.text)) end
  return string.format(": no line of the report matches \"%s\"; the notes are its lines", accept)
end

-- accept = -> the value and its evidence; nil and what is missing.
function R.accept_value(q)
  local each = core.kind(q.accept) == "table"
  local most = q.predict and (each and 1 or q.count) or math.maxinteger
  local out = { sets = {}, show = {}, each = each }
  local ok, missing, evidence = core.judge(function()
    local first
    for i, accept in ipairs(each and q.accept or { q.accept }) do
      local list, e = accepted(q, accept, most)
      local want = each and 1 or q.count
      if #list < want then
        return "accept " .. (each and "of place " .. i .. " " or "") .. "holds for " .. #list .. " of " .. want .. " things" .. why_none(q, accept)
      end
      out.sets[i] = set_of(list)
      for k = 1, want do out.show[#out.show + 1] = list[k] end
      first = first or e
    end
    return nil, first
  end)
  if not ok then return nil, missing end
  if missing then return nil, missing end
  return out, evidence
end

-- Does each pick have a set of its own?  At most PICKS_MAX of them.
local function matches(sets, words, from, used)
  if from > #words then return true end
  for i, set in ipairs(sets) do
    if not used[i] and set[words[from]] then
      used[i] = true
      if matches(sets, words, from + 1, used) then return true end
      used[i] = nil
    end
  end
  return false
end

function R.compare.pick(q, value)
  local words, right = {}, true
  for i, c in ipairs(q.ticked) do words[i] = c.word end
  if value.each and q.ordered then
    for i, word in ipairs(words) do right = right and value.sets[i][word] or false end
  elseif value.each then
    right = matches(value.sets, words, 1, {})
  elseif q.ordered then				-- one pattern: its first things, in their order
    for i, word in ipairs(words) do right = right and value.show[i].word == word end
  else
    for _, word in ipairs(words) do right = right and value.sets[1][word] or false end
  end
  return right, R.pick_words(value.show), texts_of(value.show)
end

-- Does the first element of an entry of wrong = hold for what was picked?
function R.pick_is(q, test)
  if core.kind(test) == "function" then return nil end
  for _, c in ipairs(q.ticked) do
    if q.what == "line" then
      if c.text:find(test) then return true end
    else
      for _, one in ipairs(accepted(q, test, math.maxinteger, true)) do
        if one == c then return true end
      end
    end
  end
  return false
end

-- Every answer that lib/probe.lua tries: each candidate alone, or runs of them.
function R.pick_every(q, try)
  local list = q.candidates
  if q.what == "event" and not q.listed then
    list = {}
    for n = R.begun + 1, q.before - 1 do
      if core.pointable(n) and #list < limits.CANDIDATES_MAX then list[#list + 1] = candidate(q, tostring(n)) end
    end
  end
  for i = 1, #list do
    local out = {}
    for k = 0, q.count - 1 do out[k + 1] = list[(i - 1 + k) % #list + 1] end
    try(R.pick_words(out))
  end
end
