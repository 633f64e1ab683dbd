-- WRONG: the engine calls a lesson's function, and memory ends before it begins: a crash
-- RIGHT: one fault that names a line and the bound
-- EXPECT: exit 2
-- EXPECT: any "FILE:"
-- EXPECT: any "not enough memory: a lesson may use 64 MiB"
return lesson { title = "T", machine = { cpus = 2 },
 function()
  local keep, head = {}, nil
  task(0, "a", function()
    msleep(1)
    schedule_on_each_cpu(function() end)
  end)
  for i = 1, 50 do keep[i] = ("x"):rep((1 << 20) - 64) .. i end
  for i = 1, 202037 do head = { head } end
  run(10)
  say("end")
 end }
