using EdgeModules.Hosting.Connection;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Hosting.Tests.Connection;

public sealed class DesiredPatchTests
{
    [Theory]
    [InlineData("""{"a":1,"$version":4}""", """{"a":2,"$version":5}""", "Apply")]
    [InlineData("""{"a":1,"$version":4}""", """{"a":2,"$version":6}""", "Fetch")]
    [InlineData("""{"a":1,"$version":4}""", """{"a":2,"$version":3}""", "Ignore")]
    [InlineData("""{"a":1,"$version":4}""", """{"a":1,"b":null,"$version":4,"$metadata":{}}""", "Ignore")]
    [InlineData("""{"a":1,"$version":4}""", """{"a":2,"$version":4}""", "Fetch")]
    [InlineData("""{"a":1,"$version":4}""", """{"a":null,"$version":4}""", "Fetch")]
    [InlineData(null, """{"a":2,"$version":1}""", "Fetch")]
    [InlineData(null, """{"a":2}""", "Ignore")]
    public void StepFor_HeldAndPatch_ByVersionAndContent(string? held, string patch, string step) =>
        Assert.Equal(step, DesiredPatch.StepFor(held is null ? null : JObject.Parse(held), JObject.Parse(patch)).ToString());
}
