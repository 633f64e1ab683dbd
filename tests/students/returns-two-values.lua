-- expects: holds
local function interrupt(_, dev)
  queue_work(system_wq, dev.work)
end

local function run(w)
end

local function probe(dev, opt)
  dev.line = opt.line
  dev.work = work("run", run)
  request_irq(dev.line, interrupt, 0, "dev", dev)
end

local function remove(dev)
  free_irq(dev.line, dev)
  cancel_work_sync(dev.work)
  kfree(dev)
end


return { driver = { object = "dev", probe = probe, remove = remove } }, 5
