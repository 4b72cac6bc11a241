using EdgeModules.Hosting.Settings;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Hosting.Tests.Settings;

public sealed class LocalPolicyTests
{
    [Theory]
    [InlineData("""{}""", "count", LocalStrategy.CloudWins)]
    [InlineData("""{}""", "calibration", LocalStrategy.EdgeWins)]
    [InlineData("""{}""", "calibration.a.b.scale", LocalStrategy.EdgeWins)]
    [InlineData("""{"default":"merge"}""", "count", LocalStrategy.Merge)]
    [InlineData("""{"default":"merge"}""", "calibration.a", LocalStrategy.EdgeWins)]
    [InlineData("""{"paths":{"calibration":"latest-wins"}}""", "calibration.a", LocalStrategy.LatestWins)]
    [InlineData("""{"paths":{"calibration":{"*":"latest-wins"}}}""", "calibration.a", LocalStrategy.LatestWins)]
    [InlineData("""{"paths":{"calibration.*":"latest-wins"}}""", "calibration.a.b", LocalStrategy.LatestWins)]
    [InlineData("""{"paths":{"things":{"*":{"width":"edge-wins"},"a":"merge"}}}""", "things.b.width", LocalStrategy.EdgeWins)]
    [InlineData("""{"paths":{"things":{"*":{"width":"edge-wins"},"a":"merge"}}}""", "things.a.width", LocalStrategy.EdgeWins)]
    [InlineData("""{"paths":{"things":{"*":{"width":"edge-wins"},"a":"merge"}}}""", "things.a.colour", LocalStrategy.Merge)]
    [InlineData("""{"paths":{"things":{"*":{"width":"edge-wins"},"a":{"width":"merge"}}}}""", "things.a.width", LocalStrategy.Merge)]
    [InlineData("""{"paths":{"things":{"x%2ey":"merge"}}}""", "things.x%2Ey.width", LocalStrategy.Merge)]
    [InlineData("""{"paths":{"things":{"a":"merge"}}}""", "things", LocalStrategy.CloudWins)]
    public void For_Path_TheMostSpecificWins(string policy, string path, LocalStrategy strategy) =>
        Assert.Equal(strategy, Read($$"""{"localSettings":{{policy}}}""").For(SettingPath.TryParse(path)!.Value));

    [Theory]
    [InlineData("""{"count":5}""", "count", 5L)]
    [InlineData("""{"things":{"a":{"width":5},"b":6}}""", "things.a", 5L)]
    [InlineData("""{"things":{"a":{"width":5},"b":6}}""", "things", 6L)]
    [InlineData("""{"things":7}""", "things.a.width", 7L)]
    [InlineData("""{"things.a":7}""", "things.a.width", 7L)]
    [InlineData("""{"things":7}""", "count", null)]
    public void ModifiedOf_Path_IsTheLatestAboveAtOrBelow(string modified, string path, long? time) =>
        Assert.Equal(time, Read($$"""{"settingsModified":{{modified}}}""").ModifiedOf(SettingPath.TryParse(path)!.Value));

    [Theory]
    [InlineData("""{"localSettings":5}""", "localSettings is 5; it must be an object.")]
    [InlineData("""{"localSettings":{"default":"edge"}}""", """localSettings.default is "edge"; it must be "cloud-wins", "edge-wins", "latest-wins" or "merge".""")]
    [InlineData("""{"localSettings":{"defualt":"merge"}}""", """localSettings.defualt is "merge"; it must be absent: the settings here are default, paths.""")]
    [InlineData("""{"localSettings":{"paths":[]}}""", "localSettings.paths is []; it must be an object.")]
    [InlineData("""{"localSettings":{"paths":{"cuont":"merge"}}}""", """localSettings.paths.cuont is "merge"; it must be absent, or at the path of a setting; the nearest is count.""")]
    [InlineData("""{"localSettings":{"paths":{"count":1}}}""", """localSettings.paths.count is 1; it must be "cloud-wins", "edge-wins", "latest-wins" or "merge".""")]
    [InlineData("""{"settingsModified":[]}""", "settingsModified is []; it must be an object.")]
    [InlineData("""{"settingsModified":{"count":"now"}}""", """settingsModified.count is "now"; it must be Unix milliseconds, a whole number of 0 or more.""")]
    [InlineData("""{"settingsModified":{"count":-1}}""", "settingsModified.count is -1; it must be Unix milliseconds, a whole number of 0 or more.")]
    [InlineData("""{"settingsModified":{"cuont":1}}""", "settingsModified.cuont is 1; it must be absent, or at the path of a setting; the nearest is count.")]
    public void Read_Mistake_IsToldWithItsPath(string desired, string message)
    {
        var errors = new SettingErrors();
        LocalPolicy.Read(JObject.Parse(desired), typeof(SampleSettings), errors);

        Assert.Equal([message], errors.All.Select(error => error.Message));
    }

    private static LocalPolicy Read(string desired)
    {
        var errors = new SettingErrors();
        var policy = LocalPolicy.Read(JObject.Parse(desired), typeof(SampleSettings), errors);
        Assert.Empty(errors.All);
        return policy;
    }
}
