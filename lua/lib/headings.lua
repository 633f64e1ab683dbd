-- lib/headings.lua: the fields of lesson{}, exercise{} and course{}: which there are, and what each may hold.
--
-- The machine process checks a lesson with it before it runs; the program that lists
-- lessons checks the contents page and the headings with it.  Fields that get their
-- readers with exercises and classes are parsed and checked here already, so that a
-- mistake is found when it is made.
--
-- Lives here:   names and types of fields; the fault for each.
-- Never here:   what a field does (lesson.lua, lua/course.c), questions (question.lua).

local function fault(fmt, ...) error(string.format(fmt, ...), 0) end

-- ---- values: each returns what is expected, or nil if the value is right ----------------------

local function text(v)
  if type(v) ~= "string" then return "a text" end
  if not utf8.len(v) or v:find("[%z\1-\9\11-\31\127]") then return "a text in UTF-8 without control characters" end
end

local function line(v)
  if text(v) then return text(v) end
  return v:find("\n") and "one line" or nil
end

local function whole(lo, hi)
  return function(v)
    if math.type(v) ~= "integer" or v < lo or v > hi then return string.format("a whole number from %d to %d", lo, hi) end
  end
end

local function number(lo, hi)
  return function(v)
    if type(v) ~= "number" or not (v >= lo and v <= hi) then return string.format("a number from %d to %d", lo, hi) end
  end
end

local function boolean(v) return type(v) ~= "boolean" and "true or false" or nil end
local function func(v) return type(v) ~= "function" and "a function" or nil end
local function any_table(v) return type(v) ~= "table" and "a table" or nil end

local function one_of(...)
  local words = { ... }
  return function(v)
    for _, word in ipairs(words) do
      if v == word then return nil end
    end
    return "one of: " .. table.concat(words, ", ")
  end
end

local function matching(pattern, what)
  return function(v)
    if type(v) ~= "string" or not v:match(pattern) then return what end
  end
end

local slug = matching("^[a-z0-9][a-z0-9-]*$", "a lesson's name: small letters, digits and -")

-- A list without holes or other fields, each entry right.
local function list(entry, what)
  return function(v)
    if type(v) ~= "table" then return "a list of " .. what end
    for key in pairs(v) do
      if math.type(key) ~= "integer" or key < 1 or key > #v then return "a list of " .. what end
    end
    for i, one in ipairs(v) do
      local wrong = entry(one)
      if wrong then return string.format("a list of %s; entry %d is not %s", what, i, wrong) end
    end
  end
end

local function map(key, value, what)
  return function(v)
    if type(v) ~= "table" then return what end
    for k, one in pairs(v) do
      if key(k) or value(one) then return string.format("%s; '%s' is not", what, tostring(k)) end
    end
  end
end

local function fields(known)
  return function(v)
    if type(v) ~= "table" then return "a table" end
    for k, one in pairs(v) do
      if not known[k] then return string.format("a table without '%s'", tostring(k)) end
      local wrong = known[k](one)
      if wrong then return string.format("a table in which %s must be %s", k, wrong) end
    end
  end
end

-- ---- the fields ---------------------------------------------------------------------------------

local covers = fields {
  rules = list(matching("^R%d+%.%d+%l?$", "a rule such as R4.3"), "rules"),
  errata = list(matching("^E%d+%.%d+$", "an erratum such as E2.10"), "errata"),
  checklist = list(matching("^L%d+$", "a row such as L4"), "rows of the checklist"),
  asked = map(line, list(matching("^[REL]%d+[%d.]*$", "R, E or L and its number"), "entries of docs"), "lists by question"),
  scenarios = map(matching("^[%w_]+$", ""), map(line, line, "names of the scenario and of the lesson"),
                  "scenarios, each with a table of names"),
}

local lesson_fields = {
  title = line, question = line, minutes = number(1, 600), needs = list(slug, "lessons' names"),
  machine = any_table, params = func, avoid = func, covers = covers, version = whole(1, 1000000), notes = text,
}

-- Points are whole or half ones.
local function points(v)
  if type(v) ~= "number" or v < 0 or v > 1000 or v * 2 ~= math.floor(v * 2) then return "points: a number from 0 in steps of a half" end
end

local file_name = matching("^[%a_][%w_-]*%.lua$", "a file's name such as driver.lua")
local setting_name = matching("^[%a_][%w_]*$", "")

local exercise_fields = {
  title = line, question = line, minutes = number(1, 600), needs = list(slug, "lessons' names"),
  machine = any_table, params = func, avoid = func, covers = covers, version = whole(1, 1000000), notes = text,
  kind = one_of("predict", "observe", "configure", "repair", "scheduler", "dump"), points = points, story = text,
  files = list(file_name, "files' names"), settings = map(setting_name, any_table, "settings, each a table by its name"),
  scene = func, checks = any_table, par = whole(1, 1000), hints = list(text, "texts"), why = text,
  hint_cost = points, harmless = list(line, "statements"), report = line, map = map(line, line, "names by the report's names"),
  limits = fields { runs_per_item = whole(1, 1000000) },
  after = fields { file = file_name, prompt = text, points = points,
                   depth = function(v) return v ~= "all" and whole(1, 1000)(v) and "a number of choices, or \"all\"" or nil end },
  reach = function() end, accept = function() end,	-- patterns: lib/exercise.lua looks at them
}

local hidden_fields = { params = any_table }

-- The kinds that need a field, and those that have it at all.
local needed = {
  files = { repair = true }, settings = { configure = true }, checks = { repair = true, configure = true },
  reach = { scheduler = true }, report = { dump = true },
}
local allowed = {
  files = { repair = true, scheduler = true }, settings = { configure = true }, reach = { scheduler = true },
  after = { scheduler = true }, par = { scheduler = true }, harmless = { repair = true, scheduler = true },
}

local course_fields = {
  id = matching("^[%w][%w_-]*$", "a short name: letters, digits, - and _"), title = line, version = whole(1, 1000000),
  from = matching("^[%w%._/-]+$", "another course: its id, or its folder"),
  replace = map(slug, matching("^[%w_-]+%.lua$", ""), "files beside course.lua by lesson: { life = \"my-life.lua\" }"),
  add = list(slug, "lessons' names"),
  planned_covers = map(line, list(matching("^[REL]%d+[%d.]*$", "R, E or L and its number"), "entries of docs"), "lists by lesson"),
  order = list(slug, "lessons' names"), parts = any_table, plans = any_table, planned = list(slug, "lessons' names"),
  show = one_of("full", "first", "verdict", "none"), hint_cost = number(0, 100), ids = boolean,
  due = map(slug, matching("^%d%d%d%d%-%d%d%-%d%d", ""), "dates such as 2026-12-01T18:00+01:00 by lesson"),
  weights = map(one_of("predict", "observe", "configure", "repair", "scheduler", "dump"), number(0, 1000),
                "numbers by kind of exercise"),
}

-- "; did you mean title?", or "" if no name is near to @word; @known has the names as keys.
local function did_you_mean(word, known)
  local names = {}
  for name in pairs(known) do
    if type(name) == "string" then names[#names + 1] = name end
  end
  table.sort(names)
  local best = nearest(tostring(word), names)
  return best and string.format("; did you mean %s?", best) or ""
end

local function check_fields(what, t, known)
  for key, value in pairs(t) do
    if type(key) == "string" then
      if not known[key] then fault("%s: unknown field '%s'%s", what, key, did_you_mean(key, known)) end
      local wrong = known[key](value)
      if wrong then fault("%s: %s must be %s", what, key, wrong) end
    end
  end
end

headings = { did_you_mean = did_you_mean }

-- Return: the lesson's function.
function headings.lesson(t)
  if type(t) ~= "table" then fault("lesson takes one table: lesson { title = ..., function(p) ... end }") end
  local body
  for key, value in pairs(t) do
    if type(key) == "number" then
      if type(value) ~= "function" then fault("lesson: field %s is a %s, not the lesson's function", key, type(value)) end
      if body then fault("lesson: two functions; a lesson has one") end
      body = value
    elseif type(key) ~= "string" then
      fault("lesson: a field's name is a %s", type(key))
    end
  end
  check_fields("lesson", t, lesson_fields)
  if not body then fault("lesson: its function is missing: function(p) ... end") end
  if not t.title then fault("lesson: title = \"...\" is missing") end
  return body
end

-- Return: the exercise's scene.
function headings.exercise(t)
  if type(t) ~= "table" then fault("exercise takes one table: exercise { kind = ..., title = ..., scene = function(p, student) ... end }") end
  for key in pairs(t) do
    if type(key) ~= "string" then fault("exercise: every field has a name; the function is scene = function(p, student) ... end") end
  end
  check_fields("exercise", t, exercise_fields)
  for _, name in ipairs { "kind", "title", "points", "scene" } do
    if t[name] == nil then fault("exercise: %s = is missing", name) end
  end
  for name, kinds in pairs(needed) do
    if kinds[t.kind] and t[name] == nil then fault("exercise: a %s exercise needs %s =", t.kind, name) end
  end
  for name, kinds in pairs(allowed) do
    if not kinds[t.kind] and t[name] ~= nil then fault("exercise: a %s exercise has no %s =", t.kind, name) end
  end
  return t.scene
end

-- hidden_checks { { "name", ... }, ..., params = { ... } }: a list of checks.
function headings.hidden(t)
  if type(t) ~= "table" or #t == 0 then fault("hidden_checks takes a list of checks: hidden_checks { { \"name\", ... } }") end
  check_fields("hidden_checks", t, hidden_fields)
  return t
end

-- parts = { { "Lab 1: the idea", { "life", ... } }, ... }: each lesson of them stands in order.
local function check_parts(t)
  local known = {}
  for _, name in ipairs(t.order) do known[name] = true end
  for i, part in ipairs(t.parts) do
    if type(part) ~= "table" or line(part[1]) or list(slug, "")(part[2]) then
      fault("course: parts is a list of { \"title\", { \"lesson\", ... } }; entry %d is not", i)
    end
    for _, name in ipairs(part[2]) do
      if not known[name] then fault("course: the part \"%s\" has '%s', which is not in order", part[1], name) end
    end
  end
end

local LABS_MAX = 64		-- COURSE_LABS_MAX
local lab_fields = { parts = list(line, "titles of parts"), lessons = list(slug, "lessons' names"),
                     exercises = list(slug, "exercises' names") }
local PLANS = "course: plans is a list of { \"title\", { \"lab\", lessons = { ... }, exercises = { ... } }, ... }; "

-- The lessons of the parts that a lab names, then its own.
local function lessons_of(lab, parts, known, plan)
  local lessons, title = {}, nil
  for _, name in ipairs(lab.parts or {}) do
    if not parts[name] then fault("course: the plan \"%s\" has the part \"%s\", which is not in parts", plan, name) end
    for _, one in ipairs(parts[name]) do lessons[#lessons + 1] = one end
    title = name
  end
  for _, one in ipairs(lab.lessons or {}) do
    if not known[one] then fault("course: the plan \"%s\" has '%s', which is not in order", plan, one) end
    lessons[#lessons + 1] = one
  end
  return lessons, lab[1] or title
end

-- One lab of a plan, with its lessons by name.
local function check_lab(lab, parts, known, plan)
  local where = string.format("the plan \"%s\"", plan)
  if type(lab) ~= "table" then fault(PLANS .. "a lab of %s is not", where) end
  for key in pairs(lab) do
    if key ~= 1 and not lab_fields[key] then fault(PLANS .. "a lab of %s has '%s'", where, tostring(key)) end
  end
  check_fields(where, lab, lab_fields)
  local lessons, title = lessons_of(lab, parts, known, plan)
  if line(title) then fault(PLANS .. "a lab of %s has no title", where) end
  for _, names in ipairs { lessons, lab.exercises or {} } do
    if #table.concat(names, ", ") > 1000 then fault("course: a lab of %s has more than 1000 letters of names", where) end
  end
  return { plan = plan, title = title, lessons = lessons, exercises = lab.exercises }
end

-- t.labs: all labs in one list, for lua/course.c.
local function check_plans(t)
  local known, parts, labs = {}, {}, {}
  for _, name in ipairs(t.order) do known[name] = true end
  for _, part in ipairs(t.parts or {}) do parts[part[1]] = part[2] end
  for i, plan in ipairs(t.plans) do
    if type(plan) ~= "table" or line(plan[1]) or #plan < 2 then fault(PLANS .. "entry %d is not", i) end
    for k = 2, #plan do labs[#labs + 1] = check_lab(plan[k], parts, known, plan[1]) end
  end
  if #labs > LABS_MAX then fault("course: plans has more than %d labs", LABS_MAX) end
  t.labs = labs
end

-- A course made of another one's lessons: those it replaces or adds stand in order.
local function check_from(t)
  local known = {}
  for _, name in ipairs(t.order) do known[name] = true end
  for _, field in ipairs { "replace", "add" } do
    if t[field] and not t.from then fault("course: %s = needs from = \"...\", the course that the other lessons are of", field) end
  end
  for name in pairs(t.replace or {}) do
    if not known[name] then fault("course: replace has '%s', which is not in order", name) end
  end
  for _, name in ipairs(t.add or {}) do
    if not known[name] then fault("course: add has '%s', which is not in order", name) end
    if (t.replace or {})[name] then fault("course: '%s' is in add and in replace", name) end
  end
end

function headings.course(t)
  if type(t) ~= "table" then fault("course takes one table: course { id = ..., order = { ... } }") end
  for key in pairs(t) do
    if type(key) ~= "string" then fault("course: every field has a name") end
  end
  check_fields("course", t, course_fields)
  if not t.id then fault("the course has no id") end
  if not t.order then fault("the course has no order = { \"slug\", ... }") end
  check_from(t)
  if t.parts then check_parts(t) end
  if t.plans then check_plans(t) end
  return t
end

return headings
