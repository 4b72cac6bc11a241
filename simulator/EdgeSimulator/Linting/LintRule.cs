namespace EdgeSimulator.Linting;

/// <param name="Id">In kebab-case; never changes.</param>
/// <param name="Finds">What is wrong where this rule finds something; a phrase.</param>
/// <param name="Why">What IoT Hub, edgeAgent or edgeHub makes of it; sentences.</param>
/// <param name="Mend">What to do; a sentence.</param>
internal sealed record LintRule(string Id, Severity Severity, string Finds, string Why, string Mend);
