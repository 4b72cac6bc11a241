namespace EdgeModules.Aggregation;

/// <summary>The devices by id, by the number that the journal gives them, and in the order in which they were heard.</summary>
internal sealed class DeviceIndex
{
    private const int MaxNumber = 10_000_000;

    private readonly Dictionary<string, Device> _byId = [];
    private readonly List<Device?> _byNumber = [];
    private readonly SortedSet<int> _free = [];
    private readonly LinkedList<Device> _byArrival = new();

    public int Count => _byId.Count;

    /// <summary>Least recently heard; null when there is none.</summary>
    public Device? Oldest => _byArrival.First?.Value;

    public bool TryFind(string deviceId, out Device device) => _byId.TryGetValue(deviceId, out device!);

    public Device At(int number)
    {
        if (number >= 0 && number < _byNumber.Count && _byNumber[number] is { } device) return device;
        throw new InvalidDataException($"The saved windows name device {number}, which there is not.");
    }

    /// <summary>The smallest that is free.</summary>
    public int NextNumber() => _free.Count > 0 ? _free.Min : _byNumber.Count;

    /// <summary>Takes the number that the journal gives a device; those passed over are free.</summary>
    public int TakeNumber(int number)
    {
        if (number < _byNumber.Count && _byNumber[number] is not null)
            throw new InvalidDataException($"The saved windows have two devices of the number {number}.");
        if (number > MaxNumber) throw new InvalidDataException($"The saved windows have a device of the number {number}.");
        _free.Remove(number);
        for (var i = _byNumber.Count; i < number; i++) _free.Add(i);
        return number;
    }

    /// <summary>As the one heard last.</summary>
    /// <param name="device">Its number was taken.</param>
    public void Add(Device device)
    {
        while (_byNumber.Count <= device.Index) _byNumber.Add(null);
        _byNumber[device.Index] = device;
        _byId.Add(device.Id, device);
        _byArrival.AddLast(device.Place);
    }

    /// <summary>Makes it the one heard last.</summary>
    public void See(Device device)
    {
        if (ReferenceEquals(_byArrival.Last, device.Place)) return;
        _byArrival.Remove(device.Place);
        _byArrival.AddLast(device.Place);
    }

    public void Remove(Device device)
    {
        _byArrival.Remove(device.Place);
        _byId.Remove(device.Id);
        _byNumber[device.Index] = null;
        _free.Add(device.Index);
    }

    public void Clear()
    {
        _byId.Clear();
        _byNumber.Clear();
        _free.Clear();
        _byArrival.Clear();
    }
}
