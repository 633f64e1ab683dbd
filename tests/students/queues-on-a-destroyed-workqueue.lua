-- expects: The kernel reported use-after-free
local function interrupt(_, dev)
  queue_work(dev.wq, dev.work)
end

local function run(w)
end

local function probe(dev, opt)
  dev.line = opt.line
  dev.wq = alloc_workqueue("own", 0)
  dev.work = work("run", run)
  request_irq(dev.line, interrupt, 0, "dev", dev)
end

local function remove(dev)
  destroy_workqueue(dev.wq)
  queue_work(dev.wq, dev.work)
  free_irq(dev.line, dev)
  kfree(dev)
end

return { driver = { object = "dev", probe = probe, remove = remove } }
