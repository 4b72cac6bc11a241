using static EdgeSimulator.Linting.Severity;

namespace EdgeSimulator.Linting;

internal static partial class LintRules
{
    public static readonly LintRule RouteSyntax = new(
        "route-syntax", Error, "a route that edgeHub cannot read",
        "edgeHub reports status 400 and keeps all the routes it had; at a first start it has none and ends.",
        "Correct the route at this column.");

    public static readonly LintRule RouteTypes = new(
        "route-types", Error, "a route whose condition does not fit together",
        "edgeHub finds that only when it compiles: it reports status 200, and yet keeps all the routes it had; at a first start it ends.",
        "Correct the condition; properties are text, as_number(name) makes numbers of them.");

    public static readonly LintRule RouteFromNowhere = new(
        "route-from-nowhere", Warning, "a route from a source that edgeHub does not know",
        "No message ever takes it: edgeHub has no `/messages/events` and no `/devices`, and compares sources segment by segment.",
        "Write /messages/*, /messages/modules/NAME/outputs/NAME or /twinChangeNotifications.");

    public static readonly LintRule RouteFromUnknownModule = new(
        "route-from-unknown-module", Warning, "a route from a module that is not deployed",
        "No message ever takes it. In a parent gateway, one with the API proxy, it is a note: the module may be on a gateway below.",
        "Correct the name, or take the route out.");

    public static readonly LintRule RouteToUnknownModule = new(
        "route-to-unknown-module", Error, "a route into a module that is not deployed",
        "Nobody fetches its messages: they fill the disk until they expire.",
        "Correct the name, which is compared letter by letter, or take the route out.");

    public static readonly LintRule RouteFromUnknownOutput = new(
        "route-from-unknown-output", Error, "a route from an output that the module does not have",
        "No message ever takes it.",
        "Name one of the module's outputs.");

    public static readonly LintRule RouteToUnknownInput = new(
        "route-to-unknown-input", Error, "a route to an input that the module does not have",
        "The module takes the messages and counts each as invalid.",
        "Name one of the module's inputs.");

    public static readonly LintRule OutputUnrouted = new(
        "output-unrouted", Warning, "an output of a module without a route",
        "edgeHub acknowledges the messages and drops them; nobody is told.",
        "Add a route.");

    public static readonly LintRule InputUnfed = new(
        "input-unfed", Note, "an input of a module without a route",
        "Nothing ever arrives there, which may be meant.",
        "Add a route if something should.");

    public static readonly LintRule RouteWithoutPriority = new(
        "route-without-priority", Warning, "a route without a priority",
        "It comes behind every route that has one, 9 included.",
        "Give it a priority from 0, the highest, to 9.");

    public static readonly LintRule RouteDecidesNothing = new(
        "route-decides-nothing", Warning, "a route whose messages another one takes to the same endpoint already",
        "Routes into one endpoint make one delivery, with the best priority among them and that route's time to live.",
        "Take one of the two out.");

    public static readonly LintRule DeliveredTwice = new(
        "delivered-twice", Warning, "messages that go to the cloud both at once and in batches",
        "IoT Hub gets, and bills, each of them twice.",
        "Let one of the two routes take what the other leaves, with a condition.");

    public static readonly LintRule CriticalNotFirst = new(
        "critical-not-first", Error, "critical alerts that do not go to `$upstream` before everything else",
        "An alarm then waits behind whatever has gathered while the cloud was away.",
        "Add a route FROM the alerts WHERE priority = 'critical' INTO $upstream with priority 0, and give the others a greater number.");

    public static readonly LintRule RouteCycle = new(
        "route-cycle", Error, "routes that lead a module's messages back to it",
        "A message can go round for ever; the store fills and nothing else gets through. Where a condition may end it, it is a note.",
        "Name outputs instead of *, or take one of the routes out.");

    public static readonly LintRule RouteShortTimeToLive = new(
        "route-short-ttl", Warning, "a time to live shorter than what it must outlast",
        "edgeHub calls on a module that is back after up to 60 s, and edgeAgent waits up to 5 minutes between restarts; "
        + "a cloud is away for hours. What expires is gone.",
        "Give the route a timeToLiveSecs of 600 or more into a module, of 3600 or more to $upstream.");

    public static readonly LintRule ExpireAtOnce = new(
        "messages-expire-at-once", Error, "a general time to live of 0, or none",
        "Messages of routes without a time to live of their own expire before they are sent.",
        "Set storeAndForwardConfiguration.timeToLiveSecs; 7200 is usual.");

    public static readonly LintRule NeverExpire = new(
        "messages-never-expire", Warning, "a negative general time to live",
        "Messages stay for ever where nobody fetches them; edgeHub's store on disk has no other limit.",
        "Set a time after which a message is of no use.");

    public static readonly LintRule HubNoEffect = new(
        "hub-no-effect", Warning, "a setting of edgeHub that has no effect",
        "edgeHub reads it and does nothing: there is no MQTT broker in it any more, and storeLimits hold for a store in memory only.",
        "Take it out.");

    public static readonly LintRule HubClients = new(
        "hub-clients", Error, "`MaxConnectedClients` below the number of modules",
        "edgeHub refuses the connections beyond it.",
        "Set it to the modules and leaf devices of the gateway, with room for more.");

    public static readonly LintRule HubAckTimeout = new(
        "hub-ack-timeout", Warning, "`MessageAckTimeoutSecs` below 5 or above 60",
        "Too short, and what a module works on comes again while it works; too long, and a receiver that is lost holds its queue up as long.",
        "Leave it at 30, or set 10.");

    public static readonly LintRule HubStoreInMemory = new(
        "hub-store-in-memory", Warning, "`UsePersistentStorage` false",
        "All that edgeHub has acknowledged and not delivered is lost when it restarts.",
        "Take it out.");
}
