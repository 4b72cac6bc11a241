using System.Globalization;

namespace EdgeModules.Inference.Tests;

/// <summary>Flash wears: 5 KB per 100 readings is what a module may write.</summary>
public sealed class FlashTests
{
    private const int Devices = 1000;
    private const int Seconds = 100;

    [Theory]
    [InlineData(2, 1.0, 1.4)]
    [InlineData(12, 1.8, 2.6)]
    public void StateChange_FourFeaturesASecond_TakesThatManyKilobytesPer100Readings(int decimals, double least, double most)
    {
        using var rig = new InferenceRig(InferenceRig.SettingsOf(TinyModel.Manifest(60, null, "t", "h", "v", "p")));
        var chance = new Random(1);
        for (var second = 0; second < Seconds; second++)
        {
            rig.Send(string.Join(',', Enumerable.Range(0, Devices).Select(device => string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"deviceId":"d{{device}}","timestamp":{{InferenceRig.T0 + second * 1000}},"t":{{Value(20)}},"h":{{Value(50)}}"""
                + $$""","v":{{Value(3)}},"p":{{Value(6)}}}"""))));
        }

        Assert.InRange(rig.Saved / 1000.0 / (Devices * Seconds / 100), least, most);
        Assert.InRange(rig.Module.Snapshot().Sum(part => (long)part.Length) / Devices, 300, 1500);

        double Value(double level) => Math.Round(level + chance.NextDouble(), decimals);
    }
}
