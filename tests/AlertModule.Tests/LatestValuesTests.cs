using EdgeModules.Alerting.Machine;
using EdgeModules.Alerting.Rules;
using FsCheck;
using FsCheck.Xunit;

namespace EdgeModules.Alerting.Tests;

/// <summary>Aggregates over a zone, with values that are often equal, as those of sensors that tell whole numbers are.</summary>
public sealed class LatestValuesTests
{
    private const long Within = 20;
    private static readonly HashSet<DeviceWatch> Nobody = [];

    [Property]
    public void Replace_AnyValuesInAnyOrder_AgreesWithTheValuesThemselves(NonEmptyArray<(byte Device, byte Value, byte Later)> steps)
    {
        var devices = Enumerable.Range(0, 5).Select(number => new DeviceWatch(number, $"d-{number}")).ToArray();
        var members = devices.ToHashSet();
        var values = new LatestValues(metric: 0, Within);
        var newest = 0L;
        foreach (var (device, value, later) in steps.Get)
        {
            newest += later % 8;
            Set(values, devices[device % 5], value % 4, newest);
            values.Refresh(members, newest);
            var latest = devices.Select(known => known.ValueOf(0)).Where(known => known.Stamp >= newest - Within).Select(known => known.Value).ToList();
            Assert.Equal(
                (latest.Count, latest.Max(), latest.Min()),
                (values.Count, values.ValueOf(ZoneAggregate.Max), values.ValueOf(ZoneAggregate.Min)));
            Assert.Equal(latest.Average(), values.ValueOf(ZoneAggregate.Avg), precision: 9);
        }
    }

    [Fact]
    public void Replace_OneOfSeveralExtremesGoes_NeedsNoLookAtTheOthers()
    {
        var devices = Enumerable.Range(0, 6).Select(number => new DeviceWatch(number, $"d-{number}")).ToArray();
        var values = new LatestValues(metric: 0, Within);
        for (var i = 0; i < 6; i++) Set(values, devices[i], i < 3 ? 20 : 30, stamp: 100);
        values.Refresh([.. devices], newest: 100);

        Set(values, devices[0], 25, stamp: 101);
        Set(values, devices[3], 25, stamp: 101);

        // Whoever looks now finds nobody.
        values.Refresh(Nobody, newest: 101);
        Assert.Equal((6, 30, 20), (values.Count, values.ValueOf(ZoneAggregate.Max), values.ValueOf(ZoneAggregate.Min)));
    }

    [Fact]
    public void Replace_TheLastExtremeGoes_IsComputedAnew()
    {
        var devices = Enumerable.Range(0, 3).Select(number => new DeviceWatch(number, $"d-{number}")).ToArray();
        var values = new LatestValues(metric: 0, Within);
        for (var i = 0; i < 3; i++) Set(values, devices[i], 20 + i, stamp: 100);
        values.Refresh([.. devices], newest: 100);
        Set(values, devices[2], 20.5, stamp: 101);
        values.Refresh([.. devices], newest: 101);
        Assert.Equal((3, 21, 20), (values.Count, values.ValueOf(ZoneAggregate.Max), values.ValueOf(ZoneAggregate.Min)));
    }

    private static void Set(LatestValues values, DeviceWatch device, double value, long stamp)
    {
        var (oldValue, oldStamp) = device.ValueOf(0);
        device.SetValue(0, value, stamp);
        values.Replace(oldValue, oldStamp, value, stamp);
    }
}
