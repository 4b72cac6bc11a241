using EdgeModules.Inference.Models;

namespace EdgeModules.Inference.Swap;

/// <content>What runs beside the loop.</content>
public sealed partial class ModelSwap
{
    private void Fetch(SwapEffect.Fetch fetch)
    {
        CancelWork();
        _with.Store.Use(fetch.Source.Sha256!);
        var cancellation = _work.Token;
        _ = Task.Run(async () =>
        {
            try
            {
                // One candidate at a time is on the disk: those before it make room.
                _with.Store.DropUnreferenced();
                await _with.Fetcher.FetchAsync(fetch.Source, fetch.MaxBytes, fetch.Limit, cancellation);
                _answers.Enqueue(now => _machine.Fetched(fetch.Ticket, now));
            }
            catch (OperationCanceledException)
            {
                // The candidate is no more.
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                _answers.Enqueue(now => _machine.FetchFailed(fetch.Ticket, error.Message, now));
            }
        }, CancellationToken.None);
    }

    private void Admit(SwapEffect.Admit admit)
    {
        var sha256 = admit.Source.Sha256!;
        if (_with.Store.Complete(sha256) is not { } model)
        {
            _answers.Enqueue(now => _machine.Mismatched(admit.Ticket, $"The file is not the one whose SHA-256 is {sha256}.", now));
            return;
        }

        var (manifest, errors) = Admission.Check(model, admit.Source, admit.Policy, _with.Unfit);
        var identity = manifest is null ? null : new ModelIdentity(manifest.Name, manifest.Version, sha256);
        _answers.Enqueue(errors.Count == 0
            ? now => _machine.Admitted(admit.Ticket, now)
            : now => _machine.Refused(admit.Ticket, string.Join(' ', errors), identity, [], now));
    }

    private void Load(SwapEffect.Load load)
    {
        WatchedModel? model = null;
        WatchedModel? copy = null;
        try
        {
            model = Open(load.Model, load.Policy);
            var identity = model.Identity;
            _answers.Enqueue(now =>
            {
                _machine.Loaded(load.Ticket, identity, now);
                return [];
            });
            var rules = SelfTest.Run(model, load.Policy, _with.Time);
            var broken = rules.Where(rule => rule.Verdict == RuleVerdict.Broken).Select(rule => rule.Rule).ToList();
            if (broken.Count > 0)
            {
                model.Dispose();
                _answers.Enqueue(now => _machine.Refused(load.Ticket, $"The self-test failed: {string.Join(", ", broken)}.", identity, rules, now));
                return;
            }

            if (load.Beside is { } live) copy = Open(live, load.Policy);
            var (ready, beside) = (model, copy);
            _answers.Enqueue(now => Ready(load, ready, beside, rules, now));
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            model?.Dispose();
            copy?.Dispose();
            _answers.Enqueue(now => _machine.Refused(load.Ticket, $"The model cannot be used: {error.Message}", null, [], now));
        }
    }

    private IReadOnlyList<SwapEffect> Ready(SwapEffect.Load load, WatchedModel model, WatchedModel? copy, IReadOnlyList<RuleResult> rules, DateTimeOffset now)
    {
        if (!_machine.IsAbout(load.Ticket))
        {
            model.Dispose();
            copy?.Dispose();
            return [];
        }

        (_candidate, _copy) = (model, copy);
        return _machine.SelfTested(load.Ticket, rules, now);
    }

    /// <summary>An answer comes in any case: a candidate for which something unforeseen happens is refused, and does not wait for ever.</summary>
    private void Beside(Action work)
    {
        var ticket = _machine.Ticket;
        _ = Task.Run(() =>
        {
            try
            {
                work();
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                _answers.Enqueue(now => _machine.Refused(ticket, error.Message, null, [], now));
            }
        });
    }

    private void CancelWork()
    {
        _work.Cancel();
        _work.Dispose();
        _work = new CancellationTokenSource();
    }
}
