using System.Text;

namespace EdgeSimulator.Soak;

/// <summary>Bodies that are no readings, or hardly any, with the number of readings that their sender would declare.</summary>
internal static class StrangeBodies
{
    private const int LargestBody = 250_000;

    private const int ManyItems = 5_000;

    /// <summary>Large enough to be refused by every hub.</summary>
    public const int TooLarge = 1 << 20;

    /// <param name="seed">For the bytes that mean nothing.</param>
    public static IReadOnlyList<(byte[] Body, int Readings)> Make(int seed)
    {
#pragma warning disable CA5394
        var random = new Random(seed);
        var noise = new byte[random.Next(1, LargestBody)];
        random.NextBytes(noise);
#pragma warning restore CA5394
        return
        [
            (noise, 7),
            (Text(""), 1),
            (Text("null"), 1),
            (Text("[]"), 0),
            (Text("{}"), 1),
            (Text("\"temperature=20\""), 1),
            (Text("[[[]]]"), 1),
            (Text("[1,true,null,\"a\",{}]"), 5),
            (Text("""[{"deviceId":5,"timestamp":"yesterday","temperature":"warm"},{"deviceId":"d","timestamp":1,"temperature":[1]}]"""), 2),
            (Text("""[{"deviceId":"d","timestamp":1e400,"temperature":1},{"deviceId":"d","timestamp":-1,"temperature":NaN}]"""), 2),
            (Text("""[{"deviceId":"\ud800","timestamp":1,"temperature":1}]"""), 1),
            (Text("""{"deviceId":"d","timestamp":1,"temperature":1"""), 3),
            (Text($"[{{\"deviceId\":\"{new string('x', 10_000)}\",\"timestamp\":1,\"temperature\":1}}]"), 1),
            (Text(new string('[', LargestBody)), 1),
            (Text(string.Concat(Enumerable.Repeat("{\"a\":", 40_000))), 1),
            (Text($"[{string.Join(',', Enumerable.Repeat("0", ManyItems))}]"), ManyItems),
        ];
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);
}
