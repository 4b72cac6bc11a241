namespace EdgeModules.Inference.Tests.Swap.Trials;

/// <summary>
/// Readings of four sensors on machines that follow two hidden causes: a slow one and a work cycle. Seeded. Now and then a machine has a fault of its own.
/// </summary>
internal sealed class TrialPlant
{
    public const int Features = 4;
    private readonly Random _random;
    private readonly double[] _load;
    private readonly double _faultsPerReading;
    private readonly Machine[] _machines;

    /// <param name="kind">Decides how the sensors hang together; the same for training and for what runs.</param>
    /// <param name="seed">Decides the course.</param>
    public TrialPlant(int kind, int seed, int machines, double faultsPerHour)
    {
        var shape = new Random(kind);
        _load = [.. Enumerable.Range(0, Features).Select(_ => 0.7 + 0.5 * shape.NextDouble())];
        _random = new Random(seed);
        _faultsPerReading = faultsPerHour / 3600;
        _machines =
        [
            .. Enumerable.Range(0, machines)
                .Select(_ => new Machine { Slow = Normal(), Phase = _random.NextDouble(), Period = 400 + 600 * _random.NextDouble() }),
        ];
    }

    /// <summary>The next reading of a machine.</summary>
    public void Next(int index, Span<float> row)
    {
        ref var machine = ref _machines[index];
        machine.Slow = 0.998 * machine.Slow + 0.0632 * Normal();
        machine.Own = 0.99 * machine.Own + 0.141 * Normal();
        machine.Phase = (machine.Phase + 1 / machine.Period) % 1;
        var busy = machine.Phase < 0.6 ? 1.0 : -1.0;
        row[0] = (float)(22 + 3 * (_load[0] * machine.Slow + 0.3 * Normal()));
        row[1] = (float)(45 - 8 * (_load[1] * machine.Slow + 0.3 * Normal()));
        row[2] = (float)(30 + 9 * (_load[2] * busy + 0.4 * Normal()));
        row[3] = (float)(1013 + 2 * (_load[3] * (0.5 * machine.Slow + 0.4 * busy) + 0.5 * machine.Own));
        Disturb(ref machine, row);
    }

    private void Disturb(ref Machine machine, Span<float> row)
    {
        if (machine.FaultLeft == 0 && _random.NextDouble() < _faultsPerReading)
            (machine.FaultLeft, machine.FaultFeature) = (60 + _random.Next(240), _random.Next(Features));
        if (machine.FaultLeft == 0) return;
        machine.FaultLeft--;
        row[machine.FaultFeature] += new[] { 25f, 60f, 80f, 15f }[machine.FaultFeature];
    }

    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());

    private struct Machine
    {
        public double Slow;
        public double Own;
        public double Phase;
        public double Period;
        public int FaultLeft;
        public int FaultFeature;
    }
}
