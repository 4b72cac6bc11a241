using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeModules.Messages.Tests.Codec;

/// <summary>A body that is JSON of readings, more or less: every kind of property and value, blanks, duplicates, defects.</summary>
public sealed record ReadingsBody(string Text)
{
    public byte[] Bytes => Encoding.UTF8.GetBytes(Text);

    public override string ToString() => Text;
}

/// <summary>One reading with about as many metrics as one may have.</summary>
public sealed record WideReading(string Text);

/// <summary>A <see cref="ReadingsBody"/> with bytes flipped, put in, and taken out.</summary>
public sealed record DamagedBody(byte[] Bytes)
{
    public override string ToString() => Encoding.Latin1.GetString(Bytes);
}

/// <summary>A JSON number.</summary>
public sealed record NumberText(string Text);

public static class Bodies
{
    private static readonly Gen<string> Digits = Gen.Choose(0, 9).ArrayOf().Select(digits => string.Concat(digits));

    private static readonly Gen<string> Numbers = Gen.Frequency(
        (4, from whole in Gen.Choose(-100_000, 100_000)
            from scale in Gen.Choose(0, 5)
            select (whole / (decimal)Math.Pow(10, scale)).ToString(CultureInfo.InvariantCulture)),
        (2, ArbMap.Default.GeneratorFor<double>().Where(double.IsFinite).Select(number => number.ToString("R", CultureInfo.InvariantCulture))),
        (2, from sign in Gen.Elements("", "-")
            from first in Gen.Choose(1, 9)
            from whole in Digits
            from fraction in Digits
            from exponent in Gen.Elements("", "", "e5", "E-3", "e+20", "e-330", "E309")
            select $"{sign}{first}{whole}{(fraction.Length == 0 ? "" : "." + fraction)}{exponent}"),
        (1, Gen.Elements("0", "-0", "-0.0", "0.1", "123456789012345", "1234567890123456", "12345678901234.5", "1e999", "9007199254740993", "0.0000000000000001")));

    private static readonly Gen<string> Names = Gen.Elements(
        "deviceId", "timestamp", "zone", "temperature", "humidity", "t", "", "ü", "devices", "readingCount", "device\\u0049d", "\\u0074", "\\ud800", "a b");

    private static readonly Gen<string> Values = Gen.Frequency(
        (6, Numbers),
        (4, Gen.Elements("\"a\"", "\"b\"", "\"hall\"", "\"ü\"", "\"\"", "\"\\u0061\"", "\"\\ud83d\\ude00\"", "\"x\\ud800\"", "\"NaN\"", "\"-Infinity\"")),
        (2, Gen.Elements("1700000000000", "1.7e12", "\"2026-01-31T12:00:00Z\"", "\"2026-01-31T12:00:00\\u002B01:00\"", "\"2026-01-31\"", "253402300800000")),
        (1, Gen.Elements("null", "true", "{}", "[]", "{\"t\":1}", "[1,\"}\"]", "01", "NaN", "+1", "1.", ".5", "\"\u0001\"")));

    private static readonly Gen<string> Blanks = Gen.Frequency((12, Gen.Constant("")), (1, Gen.Elements(" ", "\n", "\t \r\n")));

    private static readonly Gen<string> Pairs =
        from name in Names
        from before in Blanks
        from after in Blanks
        from value in Values
        select $"\"{name}\"{before}:{after}{value}";

    // As programs write it, in the order in which they write it.
    private static readonly Gen<string> Usual =
        from device in Gen.Choose(0, 5)
        from zone in Gen.Elements("", ",\"zone\":\"hall\"", ",\"zone\":\"yard\"", ",\"zone\":null")
        from timestamp in Gen.Choose(0, 1_000_000)
        from first in Numbers
        from second in Gen.Frequency((3, Numbers.Select(number => $",\"humidity\":{number}")), (1, Gen.Constant("")))
        select $"{{\"deviceId\":\"press-{device}\"{zone},\"timestamp\":{timestamp},\"temperature\":{first}{second}}}";

    // Around the number of metrics that a reading may have, with names that come again, are taken back, or are text.
    private static readonly Gen<string> Wide =
        from names in Gen.Choose(1, 320)
        from properties in Gen.Choose(0, 340)
        from values in Gen.Elements("1", "2.5", "1e2", "null", "\"x\"", "{}").ArrayOf(16)
        let metrics = Enumerable.Range(0, properties).Select(i => $",\"m{i * 7 % names}\":{values[i * 5 % 16]}")
        select $"{{\"deviceId\":\"press-1\",\"timestamp\":1{string.Concat(metrics)}}}";

    private static readonly Gen<string> Elements = Gen.Frequency(
        (1, Wide),
        (6, Usual),
        (3, from usual in Usual from pairs in Pairs.ArrayOf() from blank in Blanks select $"{usual[..^1]}{string.Concat(pairs.Take(4).Select(pair => $",{blank}{pair}"))}}}"),
        (2, from pairs in Pairs.ArrayOf() from blank in Blanks select $"{{{blank}{string.Join(",", pairs.Take(6))}}}"),
        (1, Values));

    private static readonly Gen<string> Texts = Gen.Frequency(
        (6, from elements in Elements.ArrayOf() from blank in Blanks select $"{blank}[{string.Join($",{blank}", elements)}]{blank}"),
        (2, from element in Elements from blank in Blanks select blank + element + blank),
        (1, from element in Elements select "\uFEFF" + element),
        (1, from first in Elements from second in Elements from between in Gen.Elements("", ",", " ", "]") select $"[{first}{between}{second}]"));

    /// <summary>A reading with the metrics <c>m0</c>, <c>m1</c>, …, each with its number as its value.</summary>
    public static string WithMetrics(int count) =>
        $"{{\"deviceId\":\"a\",\"timestamp\":1{string.Concat(Enumerable.Range(0, count).Select(i => $",\"m{i}\":{i}"))}}}";

    public static Arbitrary<ReadingsBody> ReadingsBodies() => Texts.Select(text => new ReadingsBody(text)).ToArbitrary();

    public static Arbitrary<WideReading> WideReadings() => Wide.Select(text => new WideReading(text)).ToArbitrary();

    public static Arbitrary<NumberText> NumberTexts() => Numbers.Select(text => new NumberText(text)).ToArbitrary();

    public static Arbitrary<DamagedBody> DamagedBodies() => (
        from text in Texts
        from damages in Gen.Choose(0, int.MaxValue).ArrayOf()
        select new DamagedBody(Damage(Encoding.UTF8.GetBytes(text), damages.Take(4)))).ToArbitrary();

    private static byte[] Damage(byte[] body, IEnumerable<int> damages)
    {
        var bytes = new List<byte>(body);
        foreach (var damage in damages)
        {
            if (bytes.Count == 0) break;
            var at = damage / 1024 % bytes.Count;
            switch (damage % 4)
            {
                case 0:
                    bytes[at] ^= (byte)(1 << (damage / 4 % 8));
                    break;
                case 1:
                    bytes.RemoveAt(at);
                    break;
                case 2:
                    bytes.Insert(at, (byte)"{}[]\",:\\0-eE.\n \u007f"[damage / 4 % 16]);
                    break;
                default:
                    bytes.RemoveRange(at, Math.Min(bytes.Count - at, damage / 4 % 8));
                    break;
            }
        }

        return [.. bytes];
    }
}
