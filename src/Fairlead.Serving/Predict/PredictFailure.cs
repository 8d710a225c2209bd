namespace Fairlead.Serving.Predict;

/// <summary>
/// Every way in which a request can end without an answer. The list is closed: <see cref="FailureTable"/> gives each
/// its HTTP status, gRPC code and name, and a test holds the table complete.
/// </summary>
public enum PredictFailure
{
    /// <summary>It was answered.</summary>
    None,

    /// <summary>
    /// The request could not be read: broken JSON, lengths that contradict each other, a bad compression stream.
    /// </summary>
    Malformed,

    /// <summary>
    /// It was read and does not fit the model: a missing input, a wrong type or shape, a number out of range.
    /// </summary>
    InvalidInput,

    /// <summary>It exceeds a limit on bytes, depth, tensors, elements or rows.</summary>
    TooLarge,

    /// <summary>It uses a form that this server does not take.</summary>
    Unsupported,

    /// <summary>No endpoint has this name.</summary>
    UnknownEndpoint,

    /// <summary>The endpoint does not serve the version that was asked for.</summary>
    UnknownVersion,

    /// <summary>The endpoint exists and none of its versions is loaded yet.</summary>
    NotReady,

    /// <summary>No key, or one that is not valid any more.</summary>
    Unauthenticated,

    /// <summary>The key may not ask this endpoint.</summary>
    Forbidden,

    /// <summary>The key has used up its rate.</summary>
    RateLimited,

    /// <summary>As many requests as the variant takes are already running or waiting.</summary>
    Overloaded,

    /// <summary>The deadline passed before the answer was there.</summary>
    DeadlineExceeded,

    /// <summary>The caller went away before the answer was there.</summary>
    CallerGone,

    /// <summary>The model failed on inputs that fit its signature.</summary>
    ModelFailed,

    /// <summary>A defect of this server.</summary>
    Internal,

    /// <summary>It fits the model and breaks the endpoint's schema, which refuses such requests.</summary>
    SchemaBroken,
}
