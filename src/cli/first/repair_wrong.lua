-- fails: remove() frees the device

local function read_device(w)
  local dev = container_of(w)
  burn(dev.work)
  dev.reads = dev.reads + 1
end

local function interrupt(_, dev)
  queue_work(system_wq, dev.read)
end

local function probe(dev, opt)
  dev.work, dev.line, dev.reads = opt.work, opt.line, 0
  dev.read = work("ethx_read", read_device)	-- an item in a field of an object is embedded in it
  request_irq(dev.line, interrupt, 0, "ethx", dev)
end

local function remove(dev)
  free_irq(dev.line, dev)
  cancel_work_sync(dev.read)
end

return { driver = { object = "ethx_dev", probe = probe, remove = remove } }
