using System.Text;
using System.Text.Json;

namespace EdgeModules.Messages.Tests;

public sealed class JsonArrayWriterTests
{
    [Fact]
    public void Finish_NothingAdded_GivesNoArray() => Assert.Empty(new JsonArrayWriter().Finish());

    [Fact]
    public void Finish_FewValues_GivesOneArrayInOrder() => Assert.Equal([("""[1,{"a":2},"x"]""", 3)], Arrays(Holding("1", """{"a":2}""", "\"x\"")));

    [Fact]
    public void Finish_AskedTwice_GivesTheSame()
    {
        var writer = Holding("1");

        Assert.Equal(Arrays(writer), Arrays(writer));
    }

    [Theory]
    [InlineData(MessageLimits.EmittedBody - 5, 1)]
    [InlineData(MessageLimits.EmittedBody - 4, 2)]
    public void Add_ValueThatWouldPassTheLimit_StartsAnotherArray(int secondBytes, int arrays)
    {
        // [1,SECOND] has four bytes beside the second value.
        var writer = Holding("1", new string('2', secondBytes + 1));

        Assert.Equal(arrays, writer.Finish().Count());
        Assert.All(writer.Finish(), array => Assert.InRange(array.Body.Length, 2, MessageLimits.EmittedBody));
    }

    [Fact]
    public void Add_ValueOfTheLargestSize_FillsItsArrayExactly()
    {
        var largest = new string('9', MessageLimits.EmittedItem);
        var arrays = Arrays(Holding("1", largest, "2"));

        Assert.Equal([("[1]", 1), ($"[{largest}]", 1), ("[2]", 1)], arrays);
    }

    [Fact]
    public void Finish_ManyValues_KeepsEachOnceAndInOrder()
    {
        var values = Enumerable.Range(0, 5_000).Select(i => $$"""{"i":{{i}},"pad":"{{new string('x', i % 300)}}"}""").ToArray();
        var arrays = Holding(values).Finish().ToList();

        Assert.True(arrays.Count > 1);
        Assert.All(arrays.SkipLast(1), array => Assert.InRange(array.Body.Length, MessageLimits.EmittedBody - 400, MessageLimits.EmittedBody));
        var elements = arrays.SelectMany(array =>
        {
            var found = JsonDocument.Parse(array.Body).RootElement.EnumerateArray().Select(element => element.GetRawText()).ToList();
            Assert.Equal(array.Count, found.Count);
            return found;
        });
        Assert.Equal(values, elements);
    }

    [Fact]
    public void Clear_AfterUse_StartsEmpty()
    {
        var writer = Holding(new string('1', MessageLimits.EmittedItem), "2");
        writer.Finish();
        writer.Clear();
        writer.Add("3"u8);

        Assert.Equal([("[3]", 1)], Arrays(writer));
    }

    private static JsonArrayWriter Holding(params string[] values)
    {
        var writer = new JsonArrayWriter();
        foreach (var value in values) writer.Add(Encoding.UTF8.GetBytes(value));
        return writer;
    }

    private static List<(string Body, int Count)> Arrays(JsonArrayWriter writer) =>
        [.. writer.Finish().Select(array => (Encoding.UTF8.GetString(array.Body.Span), array.Count))];
}
