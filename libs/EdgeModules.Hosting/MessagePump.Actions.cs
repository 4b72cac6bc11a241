namespace EdgeModules.Hosting;

/// <summary>The books of the calls that <see cref="ActionRunner"/> makes; on the loop.</summary>
public sealed partial class MessagePump<TSettings>
{
    private IReadOnlyList<MethodAction> Accept(IReadOnlyList<MethodAction> actions)
    {
        if (actions.Count <= _actions.Room) return actions;
        var accepted = actions.Take(_actions.Room).ToList();
        LogActionsRefused(actions.Count - accepted.Count, ActionRunner.MostWaiting);
        Ledger.Count(Ledger.Actions, ActionRunner.Refused, actions.Count - accepted.Count);
        return accepted;
    }

    private void CountActions()
    {
        foreach (var outcome in _actions.TakeOutcomes()) Ledger.Count(Ledger.Actions, outcome, 1);
    }

    private Task CountActionsAsync()
    {
        CountActions();
        try
        {
            SaveBooks();
        }
        catch (IOException error)
        {
            // They are saved with the next message.
            LogActionsNotSaved(error.Message);
        }

        return Task.CompletedTask;
    }
}
