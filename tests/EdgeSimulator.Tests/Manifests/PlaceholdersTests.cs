using EdgeSimulator.Manifests;

namespace EdgeSimulator.Tests.Manifests;

public class PlaceholdersTests
{
    private static readonly Dictionary<string, string> Values = new() { ["NAME"] = "box", ["N"] = "7", ["PATH_"] = "C:\\a\"b", ["EMPTY"] = "" };

    [Theory]
    [InlineData("""{"a":"x/${NAME}:1"}""", """{"a":"x/box:1"}""")]
    [InlineData("""{"a":${N}}""", """{"a":7}""")]
    [InlineData("""{"a":"${PATH_}"}""", """{"a":"C:\\a\"b"}""")]
    [InlineData("""{"a":"${EMPTY}"}""", """{"a":""}""")]
    [InlineData("""{"a":"${OTHER} ${MODULES.X.debug} ${MODULEDIR<../x>} $NAME ${"}""", """{"a":"${OTHER} ${MODULES.X.debug} ${MODULEDIR<../x>} $NAME ${"}""")]
    [InlineData("""{"a\"":${N}}""", """{"a\"":7}""")]
    [InlineData("/* it's \" ${N} */ {\"a\":\"${PATH_}\"}", "/* it's \" ${N} */ {\"a\":\"C:\\\\a\\\"b\"}")]
    [InlineData("{ // say \"\n\"a\":\"${NAME}\"}", "{ // say \"\n\"a\":\"box\"}")]
    public void Expand_Text_ReplacesWhatIsDefined(string json, string expected) =>
        Assert.Equal(expected, Placeholders.Expand(json, Values.GetValueOrDefault));

    [Theory]
    [InlineData("a ${X} b", "X")]
    [InlineData("${MODULES.A} ${MODULEDIR<../b>} ${B_1}", "B_1")]
    [InlineData("https://${REGISTRY }/x", "REGISTRY ")]
    [InlineData("${MODULES.A} $B ${", null)]
    public void FirstUndefined_Text_NamesIt(string text, string? name) => Assert.Equal(name, Placeholders.FirstUndefined(text));
}
