using System.Runtime.CompilerServices;
using EdgeModules.Sensing.Faults;

namespace EdgeModules.Sensing.Synthetic;

/// <param name="Base">Middle of the devices' own levels.</param>
/// <param name="Spread">A device's own level lies within this of <paramref name="Base"/>.</param>
/// <param name="Daily">Height of the daily cycle, greatest at 15:00 UTC.</param>
/// <param name="Warm">Rise over the working part of a machine's cycle; it goes back over the rest.</param>
/// <param name="Busy">Step while the machine works.</param>
/// <param name="Walk">The walk stays within 1.6 times this.</param>
/// <param name="Noise">The noise of a reading stays within this; its distribution is triangular.</param>
/// <param name="Fault">Size of spikes (once to twice) and of a drift at its end.</param>
internal readonly record struct Signal(double Base, double Spread, double Daily, double Warm, double Busy, double Walk, double Noise, double Fault);

/// <summary>
/// The undisturbed value of a metric: level of the device + daily cycle + work cycle + walk + noise. The walk is value noise in three octaves of 16, 128 and
/// 1,024 ticks, whose heights grow with the square root of their length as those of a random walk do. All of it is plain arithmetic, so every machine gets
/// the same.
/// </summary>
/// <param name="cycleSeconds">Average length of the work cycle; 0 for none.</param>
/// <param name="amplitude">Factor of both cycles.</param>
/// <param name="noise">Factor of the noise.</param>
internal sealed class Signals(double cycleSeconds, double amplitude, double noise)
{
    public const int Count = 4;

    /// <summary>Another number for every change of the values that a seed gives.</summary>
    public const int Version = 3;

    public static readonly string[] Names = ["temperature", "humidity", "vibration", "pressure"];

    /// <summary>In the order in which they are written: temperature (°C), humidity (%), vibration (mm/s²), pressure (hPa).</summary>
    public static readonly Signal[] All =
    [
        new(Base: 22, Spread: 3, Daily: 2.5, Warm: 8, Busy: 0, Walk: 1.6, Noise: 0.08, Fault: 10),
        new(Base: 45, Spread: 10, Daily: -6, Warm: -12, Busy: 0, Walk: 5, Noise: 0.3, Fault: 25),
        new(Base: 22, Spread: 4, Daily: 1, Warm: 0, Busy: 15, Walk: 5, Noise: 2, Fault: 60),
        new(Base: 1_013, Spread: 5, Daily: 0.5, Warm: 0, Busy: 3, Walk: 1.5, Noise: 0.1, Fault: 15),
    ];

    // Of the cycle: the machine works, then rests.
    private const double Working = 0.6;

    // The cycles of the devices are up to a quarter longer or shorter than the average, so that they do not stay in step.
    private const double CycleSpread = 0.25;

    private const double DayMilliseconds = 86_400_000;
    private const double Peak = 15.0 / 24 - 0.25;

    /// <param name="device">The key of the device.</param>
    /// <param name="tick">Number of the reading of that device.</param>
    /// <param name="time">Its time, in Unix milliseconds.</param>
    public void Compute(ulong device, long tick, long time, Span<double> values)
    {
        var levels = CounterHash.Of(device, 1, 0);
        var oneNoise = CounterHash.Of(device, 2, tick);
        var otherNoise = CounterHash.Of(device, 3, tick);
        var walk = new Octave(device, 4, tick, 16);
        var longer = new Octave(device, 5, tick, 128);
        var longest = new Octave(device, 6, tick, 1_024);
        var daily = amplitude * DailyCycle(time);
        var (warm, busy) = cycleSeconds > 0 ? WorkCycle(CyclePhase(device, time)) : (0, 0);
        for (var metric = 0; metric < Count; metric++)
        {
            ref readonly var signal = ref All[metric];
            var walked = 0.15 * walk.At(metric) + 0.4 * longer.At(metric) + longest.At(metric);
            var noisy = 0.5 * (CounterHash.Signed(oneNoise, metric) + CounterHash.Signed(otherNoise, metric));
            values[metric] = signal.Base + signal.Spread * CounterHash.Signed(levels, metric)
                + signal.Daily * daily + amplitude * (signal.Warm * warm + signal.Busy * busy) + signal.Walk * walked + noise * signal.Noise * noisy;
        }
    }

    /// <returns>−1 to 1: two parabolas, within 6 % of a sine.</returns>
    public static double DailyCycle(long time)
    {
        var days = time / DayMilliseconds - Peak;
        var phase = days - Math.Floor(days);
        return phase < 0.5 ? 16 * phase * (0.5 - phase) : -16 * (phase - 0.5) * (1 - phase);
    }

    /// <param name="phase">0 to below 1.</param>
    /// <returns>Each 0 to 1: how warm the machine is, which follows the work as the charge of a capacitor would, and whether it works.</returns>
    public static (double Warm, double Busy) WorkCycle(double phase)
    {
        if (phase < Working)
        {
            var missing = 1 - phase / Working;
            return (1 - missing * missing, 1);
        }

        var left = (1 - phase) / (1 - Working);
        return (left * left, 0);
    }

    private double CyclePhase(ulong device, long time)
    {
        var choice = CounterHash.Of(device, 7, 0);
        var cycles = time / (1_000 * cycleSeconds * (1 + CycleSpread * CounterHash.Signed(choice, 0))) + CounterHash.Unit(choice);
        return cycles - Math.Floor(cycles);
    }

    /// <summary>Random values at every <c>period</c> ticks, with straight lines between them.</summary>
    private readonly struct Octave
    {
        private readonly ulong _from;
        private readonly ulong _to;
        private readonly double _part;

        public Octave(ulong device, ulong stream, long tick, long period)
        {
            var index = tick / period;
            _from = CounterHash.Of(device, stream, index);
            _to = CounterHash.Of(device, stream, index + 1);
            _part = (double)(tick - index * period) / period;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public double At(int metric)
        {
            var from = CounterHash.Signed(_from, metric);
            return from + (CounterHash.Signed(_to, metric) - from) * _part;
        }
    }
}
