using System.Buffers;
using System.Buffers.Text;

namespace EdgeModules.Sensing.Synthetic;

/// <summary>Writes <c>{"deviceId":"sensor-00001","timestamp":…,"zone":"zone-01","temperature":21.53,"humidity":40.2,"vibration":…,"pressure":…}</c>.</summary>
internal ref struct SyntheticReading(Span<byte> target)
{
    /// <summary>More than any reading needs.</summary>
    public const int MaxBytes = 256;

    private const double Scale = 100;
    private readonly Span<byte> _target = target;

    public int Length { get; private set; }

    /// <param name="device">From 0; named from 1.</param>
    /// <param name="zone">From 0; named from 1.</param>
    /// <param name="values">Of <see cref="Signals.All"/>; written with two decimals.</param>
    public void Write(int device, int zone, long timestamp, scoped ReadOnlySpan<double> values)
    {
        Text("{\"deviceId\":\"sensor-"u8);
        Integer(device + 1, new StandardFormat('D', 5));
        Text("\",\"timestamp\":"u8);
        Integer(timestamp, default);
        Text(",\"zone\":\"zone-"u8);
        Integer(zone + 1, new StandardFormat('D', 2));
        Text("\",\"temperature\":"u8);
        Number(values[0]);
        Text(",\"humidity\":"u8);
        Number(values[1]);
        Text(",\"vibration\":"u8);
        Number(values[2]);
        Text(",\"pressure\":"u8);
        Number(values[3]);
        Text("}"u8);
    }

    private void Text(ReadOnlySpan<byte> text)
    {
        text.CopyTo(_target[Length..]);
        Length += text.Length;
    }

    private void Integer(long value, StandardFormat format)
    {
        if (!Utf8Formatter.TryFormat(value, _target[Length..], out var written, format)) throw new ArgumentException("The target is too short.", nameof(value));
        Length += written;
    }

    private void Number(double value)
    {
        if (double.IsNaN(value))
        {
            Text("\"NaN\""u8);
            return;
        }

        var hundredths = (long)Math.Round(value * Scale);
        if (hundredths < 0)
        {
            _target[Length++] = (byte)'-';
            hundredths = -hundredths;
        }

        var (whole, part) = Math.DivRem(hundredths, (long)Scale);
        Integer(whole, default);
        if (part == 0) return;
        _target[Length++] = (byte)'.';
        var (tenths, last) = Math.DivRem((int)part, 10);
        _target[Length++] = (byte)('0' + tenths);
        if (last > 0) _target[Length++] = (byte)('0' + last);
    }
}
