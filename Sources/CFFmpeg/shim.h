// libav as Swift sees it: the headers, and what its macros hide.
#pragma once
#include <errno.h>
#include <libavcodec/avcodec.h>
#include <libavcodec/bsf.h>
#include <libavformat/avformat.h>
#include <libavformat/avio.h>
#include <libavutil/avutil.h>
#include <libavutil/channel_layout.h>
#include <libavutil/error.h>
#include <libavutil/imgutils.h>
#include <libavutil/mathematics.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswresample/swresample.h>
#include <libswscale/swscale.h>

static const int stoa_averror_eof = AVERROR_EOF;
static const int stoa_averror_again = AVERROR(EAGAIN);
static const int stoa_averror_exit = AVERROR_EXIT;
static const int stoa_averror_invalid_data = AVERROR_INVALIDDATA;
static const int64_t stoa_av_no_pts = AV_NOPTS_VALUE;
