using EdgeSimulator.Hub;
using EdgeSimulator.Running;

namespace EdgeSimulator.Tests.Running;

public class ProgressTextTests
{
    [Fact]
    public void Next_KeptState_CountsInTheSumAndNotInTheRate()
    {
        var progress = new ProgressText(Status(sent: 1000, took: 900));
        Assert.Equal(
            "5 s: 1,500 readings sent (100/s), Filter took 1,400, 100 queued, cloud 30 in 2 messages",
            progress.Next(TimeSpan.FromSeconds(5), Status(sent: 1500, took: 1400), ["Sensor"]));
        Assert.Equal(
            "10 s: 1,600 readings sent (20/s), Filter took 1,600, 0 queued, cloud 30 in 2 messages, offline",
            progress.Next(TimeSpan.FromSeconds(10), Status(sent: 1600, took: 1600, online: false), ["Sensor"]));
    }

    private static HubStatus Status(long sent, long took, bool online = true) => new(
        [HubStatuses.Output("Sensor", "readings", sent), HubStatuses.Output("Filter", "filtered", 30)],
        [HubStatuses.Input("Filter", sent, took, queued: sent - took)],
        [],
        new UpstreamStatus(online, 2, 30, 0, 0, 0, 0));
}
